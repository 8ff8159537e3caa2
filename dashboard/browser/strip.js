// A ticket's story on one line: marks at their instants, spans of waiting and of silence between them.
// Python sends places from 0 to 1 and words; a screen reader hears the sentence, the list of events stands below.

export default function strip({ data, parentElement }) {
  let root = parentElement.querySelector('.fw-strip');
  if (!root) {
    root = document.createElement('div');
    root.className = 'fw-strip';
    parentElement.append(root);
  }
  root.setAttribute('role', 'img');
  root.setAttribute('aria-label', data.label);
  root.replaceChildren(line(data), ends(data), legend(data));
}

function made(className, text = '') {
  const node = document.createElement('div');
  node.className = className;
  node.textContent = text;
  return node;
}

function line(data) {
  const track = made('fw-strip-track');
  for (const span of data.spans) {
    const node = made(`fw-strip-span fw-strip-${span.kind}`);
    node.append(made('fw-strip-words', span.words));
    node.style.left = `${span.from * 100}%`;
    node.style.width = `${span.width * 100}%`;
    node.title = span.title;
    track.append(node);
  }
  for (const mark of data.marks) {
    const node = made(`fw-strip-mark fw-strip-${mark.kind}`, mark.sign);
    node.style.left = `${mark.place * 100}%`;
    node.title = mark.title;
    track.append(node);
  }
  return track;
}

function ends(data) {
  const row = made('fw-strip-ends');
  row.append(made('', data.begin), made('', data.end));
  return row;
}

function legend(data) {
  const row = made('fw-strip-legend');
  for (const one of data.legend) {
    const entry = made('fw-strip-entry');
    entry.append(made(`fw-strip-key fw-strip-${one.kind}`, one.sign), made('', one.words));
    row.append(entry);
  }
  return row;
}
