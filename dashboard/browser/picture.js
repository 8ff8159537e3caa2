// Makes a chart into a file: the chart as Plotly draws it, its title and scope above it, its definition below it.
//
// Python sends the chart, the lines and where Plotly's script is found on this server; nothing foreign is asked, and
// nothing is drawn before somebody wants the file. Text is only ever set as text.

const EDGE = 24; // pixels around everything
const SHARP = 2; // pixels of a PNG per pixel of the screen
const NAMESPACE = 'http://www.w3.org/2000/svg';
const made = new Set(); // each file once, however often the page is drawn again

export default function picture({ data, parentElement }) {
  const said = place(parentElement);
  if (made.has(data.token)) return;
  made.add(data.token);
  said.textContent = data.words.busy;
  file(data)
    .then(content => { save(content, data.file); said.textContent = data.words.done; })
    .catch(error => { console.warn(error); said.textContent = data.words.failed; });
}

function place(parent) {
  let root = parent.querySelector('.fw-picture');
  if (!root) {
    root = document.createElement('div');
    root.className = 'fw-picture';
    root.setAttribute('role', 'status');
    parent.append(root);
  }
  return root;
}

async function file(data) {
  const plotly = await loaded(data.script);
  const url = await plotly.toImage(JSON.parse(data.figure), { format: 'svg', width: data.width, height: data.height });
  const drawn = new DOMParser().parseFromString(decodeURIComponent(url.slice(url.indexOf(',') + 1)), 'image/svg+xml');
  const whole = framed(data, document.importNode(drawn.documentElement, true));
  const text = new XMLSerializer().serializeToString(whole);
  return data.format === 'svg' ? new Blob([text], { type: 'image/svg+xml' }) : pixels(text, whole);
}

function loaded(address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error(`${address} was not answered`));
    document.head.append(script);
  });
}

function framed(data, chart) {
  const ruler = document.createElement('canvas').getContext('2d');
  const lines = (texts, size, colour, weight) => texts.flatMap(text => wrapped(ruler, text, data, size, weight))
    .map(text => ({ text, size, colour, weight }));
  const above = [...lines([data.title], 19, data.ink, 600), ...lines(data.above, 13, data.dim, 400)];
  const below = lines(data.below, 12, data.dim, 400);
  const whole = svg('svg', { xmlns: NAMESPACE, width: data.width + 2 * EDGE });
  const back = svg('rect', { x: 0, y: 0, width: data.width + 2 * EDGE, fill: '#ffffff' });
  whole.append(back);
  let y = written(whole, above, EDGE, data.letters) + 8;
  chart.setAttribute('x', EDGE);
  chart.setAttribute('y', y);
  whole.append(chart);
  y = written(whole, below, y + data.height + 10, data.letters) + EDGE;
  for (const part of [whole, back]) part.setAttribute('height', y);
  whole.setAttribute('viewBox', `0 0 ${data.width + 2 * EDGE} ${y}`);
  return whole;
}

function written(parent, lines, top, letters) {
  let y = top;
  for (const line of lines) {
    y += line.size * 1.35;
    const text = svg('text', {
      x: EDGE, y: y - line.size * 0.3, fill: line.colour, 'font-size': line.size, 'font-weight': line.weight,
      'font-family': letters,
    });
    text.textContent = line.text;
    parent.append(text);
  }
  return y;
}

function wrapped(ruler, text, data, size, weight) {
  ruler.font = `${weight} ${size}px ${data.letters}`;
  const lines = [''];
  // a line may end after a blank and beside every Chinese character
  for (const part of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) || []) {
    const longer = lines[lines.length - 1] + part;
    if (ruler.measureText(longer.trimEnd()).width <= data.width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.map(line => line.trim()).filter(line => line);
}

function svg(tag, attributes) {
  const node = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) if (name !== 'xmlns') node.setAttribute(name, value);
  return node;
}

async function pixels(text, whole) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = whole.getAttribute('width') * SHARP;
  canvas.height = whole.getAttribute('height') * SHARP;
  const pen = canvas.getContext('2d');
  pen.scale(SHARP, SHARP);
  pen.drawImage(image, 0, 0);
  return new Promise(resolve => canvas.toBlob(resolve, 'image/png'));
}

function save(content, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
