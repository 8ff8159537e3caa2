// The review room: what was said on the left, the scorecard on the right, all of it by keys.
//
// Python sends the conversation, the card and the answers that it has kept; what goes back is the state `draft`: all
// answers of this review and a counter. Python repeats the newest counter it has kept; what it sends with an older one
// was made before the person's last key, and does not take his answer away.
// Text is only ever set as text: nothing here makes markup of what a customer wrote.

const SAVES_AFTER = 250; // milliseconds without a key until the draft is sent
const TYPING = 'input:not([type=checkbox]), textarea, select, [contenteditable=true], [role=combobox], [role=dialog]';
const VALUES = { 1: 1, 5: 0.5, 0: 0, 9: null };
const ALIKE = { '？': '?', '／': '/', '、': '/' }; // the same keys under a Chinese keyboard
const rooms = new WeakMap();

export default function review({ data, parentElement, setStateValue }) {
  if (!rooms.has(parentElement)) rooms.set(parentElement, new Room(parentElement));
  const room = rooms.get(parentElement);
  room.send = draft => setStateValue('draft', draft);
  room.show(data);
  return () => { room.leave(); rooms.delete(parentElement); };
}

function made(tag, className, text = '', attributes = {}) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

const points = text => [...text].length; // as Python counts characters
const at = (text, place) => [...text].slice(0, place).join('').length;

class Room {
  constructor(parent) {
    this.body = made('div', 'fw-review');
    this.talk = made('section', 'fw-talk');
    this.card = made('section', 'fw-card');
    this.said = made('div', 'fw-review-said', '', { role: 'status', 'aria-live': 'polite' });
    this.body.append(this.talk, this.card, this.said);
    parent.append(this.body);
    this.pressed = event => this.key(event);
    this.settle = () => this.flush();
    this.chose = () => this.selected();
    window.addEventListener('keydown', this.pressed, true);
    window.addEventListener('pointerdown', this.settle, true);
    this.talk.addEventListener('mouseup', this.chose);
  }

  leave() {
    window.removeEventListener('keydown', this.pressed, true);
    window.removeEventListener('pointerdown', this.settle, true);
    clearTimeout(this.later);
    this.body.remove();
  }

  show(data) {
    const isOther = !this.data || this.data.opened !== data.opened;
    const isMaskedOtherwise = !!this.data && this.data.whole !== data.whole;
    this.data = data;
    if (isOther) this.begin(data);
    else if (data.n >= this.n) { this.answers = structuredClone(data.answers); this.n = data.n; }
    if (isOther || isMaskedOtherwise || this.talkFor !== data.talk) this.drawTalk();
    this.drawCard();
    if (isOther && !data.readonly) this.focusLine();
    const lacking = String(data.lacking || '');
    if (lacking && lacking !== this.lacked) this.complete(data.lacking[0]);
    this.lacked = lacking;
  }

  // Leads to a line for want of which the review was not submitted.
  complete(code) {
    this.place = Math.max(0, this.lines().findIndex(line => line.code === code));
    const one = this.answers[code];
    if (one && !one.cause && this.failed(this.line())) this.mode = 'cause';
    else if (one && !one.m && this.failed(this.line())) return this.point();
    this.redraw();
  }

  begin(data) {
    this.answers = structuredClone(data.answers);
    this.n = data.n;
    this.mode = 'score';
    this.place = Math.max(0, this.lines().findIndex(line => this.isOpen(line)));
    this.spot = this.lastAnswer();
    this.search = '';
    this.since = performance.now();
    this.before = data.seconds || 0;
    clearTimeout(this.later);
    this.waiting = false;
  }

  lines() { return this.data.lines; }
  line() { return this.lines()[this.place]; }
  isAuto(line) { return line.auto !== undefined; }
  isOpen(line) { return !this.isAuto(line) && !(line.code in this.answers); }
  failed(line) { const one = this.answers[line.code]; return !!one && one.v !== null && one.v < 1; }
  spoken() { return this.data.entries.filter(entry => entry.id); }
  lastAnswer() {
    const all = this.spoken();
    const answers = all.filter(one => one.kind === 'agent');
    return (answers[answers.length - 1] || all[all.length - 1] || {}).id;
  }

  // What was said.

  drawTalk() {
    this.talkFor = this.data.talk;
    const { words } = this.data;
    const head = made('div', 'fw-talk-head');
    const field = made('input', 'fw-talk-search', '', { type: 'search', placeholder: words.search, 'aria-label': words.search });
    field.value = this.search;
    this.found = made('span', 'fw-talk-found');
    field.addEventListener('input', () => { this.search = field.value; this.drawMessages(); });
    field.addEventListener('keydown', event => { if (event.key === 'Enter' && !event.isComposing) this.takeFound(event); });
    head.append(field, this.found);
    this.list = made('div', 'fw-talk-list', '', { tabindex: '0', 'aria-label': words.talk, role: 'log' });
    this.talk.replaceChildren(head, this.list);
    this.drawMessages();
  }

  drawMessages() {
    let hits = 0;
    this.nodes = new Map();
    const drawn = this.data.entries.map(entry => {
      if (entry.gap) return made('div', 'fw-gap', entry.gap);
      if (!entry.id) return made('div', 'fw-event', `${entry.time} · ${entry.text}`);
      const node = made('article', `fw-msg fw-msg-${entry.kind}`, '', { 'data-id': entry.id });
      const head = made('div', 'fw-msg-head');
      head.append(made('strong', '', entry.who), made('span', 'fw-msg-time', entry.time));
      if (entry.mark) head.append(made('span', 'fw-msg-mark', entry.mark));
      const text = made('div', 'fw-msg-text');
      hits += this.fill(text, entry);
      node.append(head, text);
      node.addEventListener('click', () => this.clicked(entry.id));
      this.nodes.set(entry.id, node);
      return node;
    });
    if (!drawn.length) drawn.push(made('p', 'fw-nothing', this.data.words.nothing));
    if (this.data.subject) drawn.unshift(made('div', 'fw-subject', this.data.subject));
    this.list.replaceChildren(...drawn);
    this.found.textContent = this.search.trim() ? this.data.words.found.replace('{n}', hits) : '';
    this.markSpot();
  }

  // The text of a message with evidence and what is searched for highlighted; how often it was found.
  fill(node, entry) {
    const text = entry.text;
    const cuts = new Set([0, text.length]);
    const spans = [];
    const add = (since, to, className, title) => {
      if (to > since) { spans.push({ since, to, className, title }); cuts.add(since); cuts.add(to); }
    };
    for (const line of this.lines()) {
      const one = this.answers[line.code];
      if (one && one.m === entry.id && this.failed(line)) {
        const { from, to: end } = this.data.whole ? {} : one;
        const since = from ?? 0, to = end ?? points(text);
        add(at(text, since), at(text, to), 'fw-evidence', line.code);
      }
    }
    const wanted = this.search.trim().toLowerCase();
    let hits = 0;
    if (wanted) {
      const low = text.toLowerCase();
      for (let i = low.indexOf(wanted); i >= 0; i = low.indexOf(wanted, i + wanted.length)) {
        add(i, i + wanted.length, 'fw-hit'); hits++;
      }
    }
    const places = [...cuts].sort((one, other) => one - other);
    for (let i = 0; i + 1 < places.length; i++) {
      const within = spans.filter(span => span.since <= places[i] && span.to >= places[i + 1]);
      const part = made(within.length ? 'mark' : 'span', within.map(span => span.className).join(' '), text.slice(places[i], places[i + 1]));
      const codes = within.map(span => span.title).filter(Boolean);
      if (codes.length) part.title = codes.join(', ');
      node.append(part);
    }
    return hits;
  }

  markSpot() {
    for (const [id, node] of this.nodes) {
      node.classList.toggle('fw-spot', this.mode === 'evidence' && id === this.spot);
      node.classList.toggle('fw-seen', this.mode !== 'evidence' && id === this.spot);
    }
  }

  moveSpot(step) {
    const ids = this.spoken().map(one => one.id);
    if (!ids.length) return;
    const now = ids.indexOf(this.spot);
    this.spot = ids[Math.min(ids.length - 1, Math.max(0, now + step))];
    this.markSpot();
    this.nodes.get(this.spot)?.scrollIntoView({ block: 'nearest' });
  }

  clicked(id) {
    this.spot = id;
    if (this.mode === 'evidence' && !this.selection()) this.show_where(id, null, null);
    this.markSpot();
  }

  selection() {
    const chosen = window.getSelection();
    if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return null;
    const range = chosen.getRangeAt(0);
    const text = range.startContainer.parentElement?.closest('.fw-msg-text');
    if (!text || !text.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const since = points(before.toString());
    return { id: text.closest('.fw-msg').dataset.id, since, to: since + points(range.toString()) };
  }

  // The words that are searched for, as evidence: in the message that was chosen, else in the first that has them.
  takeFound(event) {
    const wanted = this.search.trim().toLowerCase();
    if (this.mode !== 'evidence' || !wanted) return;
    const all = this.spoken();
    const near = [...all.filter(one => one.id === this.spot), ...all];
    const entry = near.find(one => one.text.toLowerCase().includes(wanted));
    if (!entry) return;
    this.taken(event);
    const since = points(entry.text.slice(0, entry.text.toLowerCase().indexOf(wanted)));
    this.search = '';
    this.talk.querySelector('input').value = '';
    this.spot = entry.id;
    this.show_where(entry.id, ...(this.data.whole ? [null, null] : [since, since + points(wanted)]));
    this.focusLine();
  }

  selected() {
    const one = this.selection();
    if (one && !this.data.readonly && this.line() && this.failed(this.line())) this.show_where(one.id, ...(this.data.whole ? [] : [one.since, one.to]));
  }

  // The scorecard.

  drawCard() {
    const { words, title, score } = this.data;
    const head = made('div', 'fw-card-head');
    head.append(made('strong', '', title), made('span', `fw-score fw-score-${score.level}`, score.text));
    const list = made('div', 'fw-lines');
    let section = null;
    this.lines().forEach((line, place) => {
      if (line.section !== section) list.append(made('h4', 'fw-section', (section = line.section)));
      list.append(this.drawLine(line, place));
    });
    const foot = made('div', 'fw-card-foot', this.data.readonly ? '' : words.keys);
    const typed = this.card.querySelector('textarea:focus');
    const kept = typed && { code: typed.dataset.code, from: typed.selectionStart, to: typed.selectionEnd, text: typed.value };
    const had = this.card.contains(document.activeElement);
    this.card.replaceChildren(head, list, foot);
    if (kept) {
      const again = this.card.querySelector(`textarea[data-code="${CSS.escape(kept.code)}"]`);
      if (again) { again.value = kept.text; again.focus(); again.setSelectionRange(kept.from, kept.to); }
    } else if (had) this.focusLine();
  }

  drawLine(line, place) {
    const here = place === this.place && !this.data.readonly;
    const one = this.answers[line.code];
    const node = made('div', 'fw-line', '', { role: 'group', 'aria-label': `${line.code} ${line.title}`, tabindex: here ? '0' : '-1', 'data-code': line.code });
    node.classList.toggle('fw-line-here', here);
    node.classList.toggle('fw-line-failed', this.failed(line));
    node.classList.toggle('fw-line-lacking', (this.data.lacking || []).includes(line.code));
    const top = made('div', 'fw-line-top');
    const name = made('span', 'fw-line-name');
    name.append(made('b', '', line.code), document.createTextNode(` ${line.title}`));
    const weight = line.critical ? this.data.words.critical : `${line.weight}`;
    top.append(name, made('span', 'fw-line-weight', weight), this.choices(line, one));
    node.append(top);
    if (here) node.append(made('div', 'fw-guidance', line.guidance));
    if (line.told) node.append(made('div', 'fw-line-told', line.told));
    const isTold = !this.data.readonly || one?.cause || one?.m || one?.c;
    if (this.failed(line) && !this.isAuto(line) && isTold) node.append(this.why(line, one, here));
    if (one && (one.c || (here && this.commenting)) && !this.failed(line)) node.append(this.comment(line, one));
    node.addEventListener('click', () => { if (!this.data.readonly && this.place !== place) { this.place = place; this.mode = 'score'; this.drawCard(); } });
    return node;
  }

  choices(line, one) {
    const box = made('span', 'fw-choices');
    if (this.isAuto(line)) {
      box.append(made('span', 'fw-auto', line.autoWords));
      return box;
    }
    const offered = [['1', '1', 1], ...(line.scale === 3 ? [['5', '½', 0.5]] : []), ['0', '0', 0], ...(line.na ? [['9', this.data.words.na, null]] : [])];
    for (const [key, text, value] of offered) {
      const button = made('button', 'fw-choice', text, { type: 'button', 'aria-pressed': String(!!one && one.v === value), title: `${key}` });
      button.disabled = !!this.data.readonly;
      button.dataset.value = key;
      button.addEventListener('click', event => { event.stopPropagation(); this.place = this.lines().indexOf(line); this.give(value); });
      box.append(button);
    }
    return box;
  }

  why(line, one, here) {
    const { words, causes } = this.data;
    const box = made('div', 'fw-why');
    const cause = causes.find(each => each.code === one.cause);
    if (here && !this.data.readonly && (this.mode === 'cause' || this.mode === 'part')) {
      const offered = this.offered();
      box.append(made('span', 'fw-ask', this.mode === 'part' ? words.part : words.cause));
      offered.forEach((each, place) => {
        const button = made('button', 'fw-choice fw-cause', '', { type: 'button' });
        button.append(made('kbd', '', `${place + 1}`), document.createTextNode(` ${each.title}`));
        button.addEventListener('click', event => { event.stopPropagation(); this.because(each); });
        box.append(button);
      });
    } else {
      const button = made('button', 'fw-fact', `${words.because} ${cause ? cause.whole : '—'}`, { type: 'button' });
      button.disabled = !!this.data.readonly;
      button.addEventListener('click', event => { event.stopPropagation(); this.place = this.lines().indexOf(line); this.mode = 'cause'; this.drawCard(); });
      box.append(button);
    }
    box.append(this.where(line, one, here), this.comment(line, one));
    return box;
  }

  where(line, one, here) {
    const { words } = this.data;
    if (here && this.mode === 'evidence') return made('div', 'fw-ask', words.evidence);
    const entry = this.spoken().find(each => each.id === one.m);
    const { from, to } = this.data.whole ? {} : one;  // places count in the masked text
    const text = entry ? `“${[...entry.text].slice(from ?? 0, to ?? undefined).join('')}”` : '—';
    const button = made('button', 'fw-fact fw-quote', `${words.where} ${text}`, { type: 'button' });
    button.disabled = !!this.data.readonly;
    button.addEventListener('click', event => { event.stopPropagation(); this.place = this.lines().indexOf(line); this.point(); });
    return button;
  }

  comment(line, one) {
    const field = made('textarea', 'fw-comment', '', { rows: '1', placeholder: this.data.words.comment, 'aria-label': `${line.code} ${this.data.words.comment}`, 'data-code': line.code });
    field.value = one.c || '';
    field.disabled = !!this.data.readonly;
    field.hidden = !!this.data.readonly && !one.c;
    field.addEventListener('click', event => event.stopPropagation());
    field.addEventListener('input', () => { this.answers[line.code] = { ...this.answers[line.code], c: field.value }; this.changed(); });
    return field;
  }

  offered() {
    const { causes } = this.data;
    return this.mode === 'part' ? causes.filter(each => each.parent === this.group) : causes.filter(each => !each.parent);
  }

  focusLine() {
    const node = this.card.querySelector('.fw-line-here');
    if (!node) return;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: 'nearest' });
  }

  // What a person does.

  give(value) {
    const line = this.line();
    if (!line || this.isAuto(line) || this.data.readonly) return;
    if (value === null && !line.na) return;
    if (value === 0.5 && line.scale !== 3) return;
    const before = this.answers[line.code] || {};
    this.answers[line.code] = value !== null && value < 1 ? { ...before, v: value } : { v: value, c: before.c || '' };
    this.changed();
    if (this.failed(line)) { this.mode = 'cause'; this.redraw(); } else this.onward();
  }

  because(cause) {
    const parts = this.data.causes.filter(each => each.parent === cause.code);
    this.answers[this.line().code].cause = cause.code;
    this.changed();
    if (this.mode === 'cause' && parts.length) { this.group = cause.code; this.mode = 'part'; this.redraw(); } else this.point();
  }

  point() {
    if (!this.spoken().length) { this.mode = 'score'; this.redraw(); this.write(); return; }
    this.mode = 'evidence';
    this.spot = this.answers[this.line().code].m || this.spot || this.lastAnswer();
    this.redraw();
    this.nodes.get(this.spot)?.scrollIntoView({ block: 'nearest' });
  }

  show_where(id, since, to) {
    const line = this.line();
    this.answers[line.code] = { ...this.answers[line.code], m: id, from: since, to };
    window.getSelection()?.removeAllRanges();
    this.changed();
    if (this.answers[line.code].cause) this.onward(); else { this.mode = 'cause'; this.redraw(); }
  }

  onward() {
    this.mode = 'score';
    const lines = this.lines();
    for (let step = 1; step <= lines.length; step++) {
      const next = (this.place + step) % lines.length;
      if (this.isOpen(lines[next])) { this.place = next; this.redraw(); return; }
    }
    this.redraw();
    this.said.textContent = this.data.words.ready;
  }

  redraw() { this.commenting = false; this.drawCard(); this.drawMessages(); this.focusLine(); }

  move(step) {
    this.mode = 'score';
    this.place = Math.min(this.lines().length - 1, Math.max(0, this.place + step));
    this.redraw();
  }

  write() {
    const line = this.line();
    if (!this.answers[line.code]) return;
    this.commenting = true;
    this.drawCard();
    this.card.querySelector(`textarea[data-code="${CSS.escape(line.code)}"]`)?.focus();
  }

  changed() {
    this.n += 1;
    this.waiting = true;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.flush(), SAVES_AFTER);
  }

  flush() {
    if (!this.waiting) return;
    clearTimeout(this.later);
    this.waiting = false;
    const seconds = Math.round(this.before + (performance.now() - this.since) / 1000);
    this.send({ opened: this.data.opened, n: this.n, answers: structuredClone(this.answers), seconds });
  }

  key(event) {
    const key = ALIKE[event.key] || event.key;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    if (key === 'Escape' && this.body.contains(event.target)) { this.taken(event); this.mode = 'score'; this.redraw(); return; }
    if (event.target.closest?.(TYPING)) return;
    if (key === '/') { this.taken(event); this.talk.querySelector('input').focus(); return; }
    if (key === 'j' || key === 'k') { this.taken(event); this.moveSpot(key === 'j' ? 1 : -1); return; }
    if (!this.data.readonly && this.scores(key)) { this.taken(event); return; }
    const button = this.data.keys[key] && document.querySelector(`.st-key-${this.data.keys[key]} button`);
    if (button && !button.disabled && !event.repeat) { this.taken(event); this.flush(); button.click(); }
  }

  // Whether the key did something on the card.
  scores(key) {
    if (this.mode === 'evidence') {
      if (key === 'ArrowDown' || key === 'ArrowUp') { this.moveSpot(key === 'ArrowDown' ? 1 : -1); return true; }
      if (key === 'Enter') { this.show_where(this.spot, null, null); return true; }
    }
    if (key === 'ArrowDown' || key === 'ArrowUp') { this.move(key === 'ArrowDown' ? 1 : -1); return true; }
    if (this.mode === 'cause' || this.mode === 'part') {
      if (key === 'Enter' && this.mode === 'part') { this.point(); return true; }
      const cause = this.offered()[Number(key) - 1];
      if (cause) { this.because(cause); return true; }
    }
    if (this.mode !== 'score' && /^[0-9]$/.test(key)) return true;
    if (key in VALUES) { this.give(VALUES[key]); return true; }
    if (key === 'c') { this.write(); return true; }
    if (key === 'e' && this.failed(this.line())) { this.point(); return true; }
    if (key === 'w' && this.failed(this.line())) { this.mode = 'cause'; this.redraw(); return true; }
    return false;
  }

  taken(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
