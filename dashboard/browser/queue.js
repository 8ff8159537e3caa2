// The queue of the triage page: rows under a cursor, chosen rows, and keys that press the page's own buttons.
//
// Python sends the rows of one screen and the words; what goes back is the state `view`: at which row the cursor
// stands, which rows are chosen, at which row the screen begins, and a counter. Python repeats the newest counter it has
// seen; what it sends with an older one was made before the person's last move, and does not move the cursor back.
// Text is only ever set as text: nothing here makes markup of what a customer wrote.

const MOVE_SETTLES = 140; // milliseconds that the cursor rests before the page is asked for what belongs to the row
const FOCUS_TRIES = 60;
const AGAIN = 50; // milliseconds until a key looks again for its button
const ANSWERED_TRIES = 10; // looks after the page has answered the last move; what is not possible then is not done
const TYPING = [
  'input:not([type=checkbox]):not([type=radio]):not([type=button])', 'textarea', 'select', '[contenteditable=true]',
  '[role=combobox]', '[role=textbox]', '[role=listbox]', '[role=menu]', '[role=dialog]', '[data-testid=stDataFrame]',
].join(',');
const ALIKE = { '？': '?', '／': '/', '、': '/' }; // the same keys under a Chinese keyboard
const queues = new WeakMap();

export default function queue({ data, parentElement, setStateValue }) {
  if (!queues.has(parentElement)) queues.set(parentElement, new Queue(parentElement));
  const here = queues.get(parentElement);
  here.send = view => setStateValue('view', view);
  here.show(data);
  return () => { here.leave(); queues.delete(parentElement); };
}

function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

class Queue {
  constructor(parent) {
    this.view = { at: null, chosen: [], first: 0, n: 0 };
    this.rows = new Map();
    this.body = element('div', 'fw-queue');
    this.head = element('div', 'fw-queue-head');
    this.all = element('input', 'fw-queue-all', { type: 'checkbox' });
    this.range = element('span', 'fw-queue-range');
    this.back = element('button', 'fw-queue-turn', { type: 'button' });
    this.on = element('button', 'fw-queue-turn', { type: 'button' });
    this.back.textContent = '‹';
    this.on.textContent = '›';
    this.grid = element('div', 'fw-queue-grid', { role: 'grid', 'aria-multiselectable': 'true' });
    this.said = element('div', 'fw-queue-said', { role: 'status', 'aria-live': 'polite' });
    this.head.append(this.all, this.range, this.back, this.on);
    this.body.append(this.head, this.grid, this.said);
    parent.append(this.body);
    this.listen();
  }

  listen() {
    this.all.addEventListener('change', () => this.chooseAll(this.all.checked));
    this.back.addEventListener('click', () => this.turn(-1));
    this.on.addEventListener('click', () => this.turn(1));
    this.grid.addEventListener('click', event => this.clicked(event));
    this.pressed = event => this.key(event);
    this.settle = () => this.flush();
    window.addEventListener('keydown', this.pressed, true); // before the page's own keys, of which `r` runs it anew
    window.addEventListener('pointerdown', this.settle, true);
  }

  leave() {
    window.removeEventListener('keydown', this.pressed, true);
    window.removeEventListener('pointerdown', this.settle, true);
    clearTimeout(this.later);
    this.body.remove();
  }

  show(data) {
    const had = this.grid.contains(document.activeElement);
    this.data = data;
    if (data.view.n >= this.view.n) this.view = { ...data.view };
    this.words();
    this.draw();
    this.mark();
    if (had && !this.grid.contains(document.activeElement)) this.focusRow();
    if (data.said !== undefined && this.said.textContent !== data.said) this.said.textContent = data.said;
    if (data.focus && data.focus.n !== this.focused) {
      this.focused = data.focus.n;
      this.focusOn(data.focus.key, FOCUS_TRIES);
    }
  }

  words() {
    const { words, first, rows, total } = this.data;
    this.grid.setAttribute('aria-label', words.label);
    this.grid.setAttribute('aria-rowcount', total);
    this.all.setAttribute('aria-label', words.all);
    this.back.setAttribute('aria-label', words.back);
    this.on.setAttribute('aria-label', words.on);
    this.range.textContent = words.range;
    this.back.disabled = first <= 0;
    this.on.disabled = first + rows.length >= total;
    this.head.hidden = !rows.length;
  }

  draw() {
    const seen = new Set();
    let place = this.grid.firstChild;
    for (const row of this.data.rows) {
      seen.add(row.id);
      const text = JSON.stringify(row);
      let kept = this.rows.get(row.id);
      if (!kept) this.rows.set(row.id, (kept = { node: this.made(row.id) }));
      if (kept.text !== text) { this.fill(kept.node, row); kept.text = text; }
      if (kept.node === place) place = place.nextSibling;
      else this.grid.insertBefore(kept.node, place);
    }
    for (const [id, kept] of this.rows) if (!seen.has(id)) { kept.node.remove(); this.rows.delete(id); }
  }

  made(id) {
    const node = element('div', 'fw-row', { role: 'row', tabindex: '-1', 'data-id': id });
    const cell = (name, ...inside) => {
      const made = element('div', `fw-cell fw-${name}`, { role: 'gridcell' });
      made.append(...inside);
      return made;
    };
    const span = name => element('span', `fw-${name}`);
    node.append(
      cell('pick', element('input', 'fw-tick', { type: 'checkbox', tabindex: '-1' })),
      cell('clock', span('left'), span('clock-name')),
      cell('what', span('ticket'), span('subject')),
      cell('who', span('state'), span('owner')),
      cell('reason', span('why'), span('tier'), span('age')),
    );
    return node;
  }

  fill(node, row) {
    node.dataset.level = row.level;
    node.dataset.mark = row.mark || '';
    node.setAttribute('aria-rowindex', row.place);
    node.querySelector('.fw-tick').setAttribute('aria-label', row.pick);
    for (const name of ['left', 'clock-name', 'ticket', 'subject', 'why', 'state', 'owner', 'tier', 'age'])
      node.querySelector(`.fw-${name}`).textContent = row[name] || '';
    node.querySelector('.fw-subject').title = row.subject || '';
    node.querySelector('.fw-why').title = row.why || '';
  }

  mark() {
    const chosen = new Set(this.view.chosen);
    const ids = this.data.rows.map(row => row.id);
    for (const [id, { node }] of this.rows) {
      const here = id === this.view.at;
      node.tabIndex = here || (this.view.at === null && id === ids[0]) ? 0 : -1;
      node.classList.toggle('fw-here', here);
      if (here) node.setAttribute('aria-current', 'true'); else node.removeAttribute('aria-current');
      node.setAttribute('aria-selected', chosen.has(id));
      node.querySelector('.fw-tick').checked = chosen.has(id);
    }
    const among = ids.filter(id => chosen.has(id)).length;
    this.all.checked = among > 0 && among === ids.length;
    this.all.indeterminate = among > 0 && among < ids.length;
  }

  // What a person does. Each change is counted, so that an answer to an older one is known as such.

  change(part, { wait = 0 } = {}) {
    this.view = { ...this.view, ...part, n: this.view.n + 1 };
    this.mark();
    clearTimeout(this.later);
    this.waiting = true;
    if (wait) this.later = setTimeout(() => this.flush(), wait);
    else this.flush();
  }

  flush() {
    if (!this.waiting) return;
    clearTimeout(this.later);
    this.waiting = false;
    this.send(this.view);
  }

  clicked(event) {
    const node = event.target.closest('.fw-row');
    if (!node) return;
    if (event.target.closest('.fw-pick')) {
      event.preventDefault();
      setTimeout(() => this.choose(node.dataset.id)); // after the browser has undone its own tick
    } else {
      this.change({ at: node.dataset.id });
      node.focus({ preventScroll: true });
    }
  }

  choose(id) {
    const chosen = this.view.chosen;
    this.change({ at: id, chosen: chosen.includes(id) ? chosen.filter(one => one !== id) : [...chosen, id] });
  }

  chooseAll(wanted) {
    const ids = this.data.rows.map(row => row.id);
    const others = this.view.chosen.filter(id => !ids.includes(id));
    this.change({ chosen: wanted ? [...others, ...ids] : others });
  }

  move(step) {
    const ids = this.data.rows.map(row => row.id);
    const now = ids.indexOf(this.view.at);
    const next = now < 0 ? 0 : now + step;
    if (next < 0 || next >= ids.length) return this.turn(step);
    this.change({ at: ids[next] }, { wait: MOVE_SETTLES });
    this.focusRow();
  }

  turn(step) {
    const { first, size, total } = this.data;
    const next = first + step * size;
    if (next < 0 || next >= total) return;
    this.change({ first: next, at: step > 0 ? 'first' : 'last' });
  }

  focusRow() {
    const kept = this.rows.get(this.view.at) || this.rows.get(this.data.rows[0]?.id);
    if (!kept) return;
    kept.node.focus({ preventScroll: true });
    kept.node.scrollIntoView({ block: 'nearest' });
  }

  // Keys press the buttons of the page, so whatever a key can do, a button does too.

  key(event) {
    const key = ALIKE[event.key] || event.key;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === 'Escape' && this.press('cancel')) return this.taken(event);
    if (event.target.closest?.(TYPING)) return;
    const inGrid = this.grid.contains(event.target);
    const steps = { j: 1, k: -1, ...(inGrid ? { ArrowDown: 1, ArrowUp: -1 } : {}) };
    if (key in steps) { this.taken(event); this.move(steps[key]); return; }
    if ((key === 'x' || (key === ' ' && inGrid)) && this.view.at) { this.taken(event); this.choose(this.view.at); return; }
    if (key === '/') { this.taken(event); this.focusOn(this.data.keys['/'], 1); return; }
    if (key in this.data.keys && !event.repeat) { this.taken(event); this.flush(); this.pressSoon(key); }
  }

  taken(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  press(key) {
    const button = document.querySelector(`.st-key-${this.data.keys[key]} button`);
    if (!button || button.disabled) return false;
    button.click();
    return true;
  }

  // Straight after a move the buttons still are those of the row before: the key waits for those of this row.
  pressSoon(key) {
    const asked = this.asked = {};
    const moved = this.view.n;
    let tries = ANSWERED_TRIES;
    const look = () => {
      if (this.asked !== asked || this.view.n !== moved) return;
      const answered = this.data.view.n >= moved;
      if (this.press(key) || (answered && tries-- <= 0)) return;
      setTimeout(look, AGAIN);
    };
    look();
  }

  focusOn(key, tries) {
    if (key === 'row') return this.focusRow();
    const part = document.querySelector(`.st-key-${key}`);
    const late = tries < FOCUS_TRIES / 2; // fields may be drawn after the buttons below them
    const found = part?.querySelector('input, textarea') || (late && part?.querySelector('button'));
    if (found) found.focus();
    else if (tries > 0) setTimeout(() => this.focusOn(key, tries - 1), 50);
  }
}
