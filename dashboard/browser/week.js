// A week of opening hours, a row for each day: stretches of it are moved, made longer or shorter, added, taken away.
//
// Python sends the minutes of each day and the words; what goes back is the state `hours`: the whole week as it is then
// and a counter, which Python repeats, so that what it has made before the last move does not undo that move.
// Each end of a stretch is a slider for the keyboard: arrows, Shift or Page keys for hours, Home, End, Delete.

const DAY = 1440;
const STEP = 15;
const HOUR = 60;
const SETTLES = 400; // milliseconds after the last key until the page is told
const KEYS = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -HOUR, PageUp: HOUR };
const weeks = new WeakMap();

export default function week({ data, parentElement, setStateValue }) {
  if (!weeks.has(parentElement)) weeks.set(parentElement, new Week(parentElement));
  const here = weeks.get(parentElement);
  here.send = told => setStateValue('hours', told);
  here.show(data);
  return () => { here.leave(); weeks.delete(parentElement); };
}

function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const two = number => String(number).padStart(2, '0');
const clock = minute => `${two(Math.floor((minute > DAY ? minute - DAY : minute) / 60))}:${two(minute % 60)}`;
const between = (least, value, most) => Math.min(Math.max(value, least), most);
const near = minute => Math.round(minute / STEP) * STEP;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

// The stretches of a day in their order; those that touch are one.
function joined(stretches) {
  const found = [];
  for (const [begin, end] of stretches.filter(one => one[1] > one[0]).sort((one, other) => one[0] - other[0])) {
    const last = found[found.length - 1];
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([begin, end]);
  }
  return found;
}

class Week {
  constructor(parent) {
    this.n = 0;
    this.body = element('div', 'fw-week', { role: 'group' });
    this.said = element('div', 'fw-week-said', { role: 'status', 'aria-live': 'polite' });
    this.rows = element('div', 'fw-week-rows');
    this.body.append(this.rows, this.said);
    parent.append(this.body);
  }

  leave() {
    clearTimeout(this.later);
    this.body.remove();
  }

  show(data) {
    if (this.held || data.n < this.n) return;
    this.n = data.n;
    this.data = data;
    this.week = data.week.map(day => day.map(one => [...one]));
    this.body.setAttribute('aria-label', data.words.label);
    this.draw();
  }

  draw() {
    const focus = this.rows.contains(document.activeElement) ? document.activeElement.dataset.at : null;
    this.tracks = this.data.days.map((_name, day) => this.track(day));
    this.rows.replaceChildren(...this.data.days.map((name, day) => this.row(name, day)), this.scale());
    if (focus) this.rows.querySelector(`[data-at="${focus}"]`)?.focus();
  }

  row(name, day) {
    const row = element('div', 'fw-week-row');
    const label = element('div', 'fw-week-day');
    label.textContent = name;
    row.append(label, this.tracks[day]);
    const add = this.button('fw-week-add', '+', filled(this.data.words.add, { day: name }), () => this.add(day));
    add.dataset.at = `${day}.add`;
    row.append(add);
    return row;
  }

  button(className, sign, words, act) {
    const made = element('button', className, { type: 'button', 'aria-label': words, title: words });
    made.textContent = sign;
    made.disabled = this.data.disabled;
    made.addEventListener('click', act);
    return made;
  }

  track(day) {
    const track = element('div', 'fw-week-track');
    for (const [, end] of this.week[(day + 6) % 7]) if (end > DAY) track.append(this.over(end - DAY));
    this.week[day].forEach((_stretch, place) => track.append(this.bar(day, place)));
    if (!this.data.disabled) track.addEventListener('pointerdown', event => this.takenEmpty(event, day));
    return track;
  }

  over(end) {
    const rest = element('div', 'fw-week-over', { 'aria-hidden': 'true' });
    rest.style.width = `${(end / DAY) * 100}%`;
    return rest;
  }

  bar(day, place) {
    const [begin, end] = this.week[day][place];
    const bar = element('div', 'fw-week-bar');
    bar.style.left = `${(begin / DAY) * 100}%`;
    bar.style.width = `${((Math.min(end, DAY) - begin) / DAY) * 100}%`;
    const words = element('span', 'fw-week-words');
    words.textContent = `${clock(begin)}–${clock(end)}`;
    bar.append(words);
    if (this.data.disabled) return bar;
    const values = { day: this.data.days[day], hours: words.textContent };
    const gone = this.button('fw-week-gone', '×', filled(this.data.words.gone, values), () => this.remove(day, place));
    bar.append(this.handle(day, place, 0), this.handle(day, place, 1), gone);
    bar.addEventListener('pointerdown', event => this.taken(event, day, place, null));
    return bar;
  }

  handle(day, place, end) {
    const minute = this.week[day][place][end];
    const handle = element('div', `fw-week-handle fw-week-${end ? 'end' : 'begin'}`, {
      role: 'slider', tabindex: '0', 'aria-valuemin': '0', 'aria-valuemax': String(2 * DAY),
      'aria-valuenow': String(minute), 'aria-valuetext': clock(minute), 'data-at': `${day}.${place}.${end}`,
      'aria-label': filled(end ? this.data.words.closes : this.data.words.opens, { day: this.data.days[day] }),
    });
    handle.addEventListener('pointerdown', event => this.taken(event, day, place, end));
    handle.addEventListener('keydown', event => this.key(event, day, place, end));
    return handle;
  }

  scale() {
    const scale = element('div', 'fw-week-scale', { 'aria-hidden': 'true' });
    for (let hour = 0; hour <= 24; hour += 6) {
      const mark = element('span', '');
      mark.textContent = clock(hour * HOUR);
      scale.append(mark);
    }
    return scale;
  }

  // --- by hand

  minute(event, day) {
    const box = this.tracks[day].getBoundingClientRect();
    return between(0, near(((event.clientX - box.left) / box.width) * DAY), DAY);
  }

  takenEmpty(event, day) {
    if (event.target !== this.tracks[day] || event.button !== 0) return;
    const at = Math.min(this.minute(event, day), DAY - STEP);
    this.week[day].push([at, at + STEP]);
    this.taken(event, day, this.week[day].length - 1, 1);
  }

  taken(event, day, place, end) {
    if (event.button !== 0 || event.target.closest('button')) return;
    event.preventDefault();
    event.stopPropagation();
    this.held = { day, place, end, from: this.minute(event, day), was: [...this.week[day][place]] };
    const moves = move => this.dragged(move);
    const ends = () => {
      window.removeEventListener('pointermove', moves);
      window.removeEventListener('pointerup', ends);
      window.removeEventListener('pointercancel', ends);
      this.held = null;
      this.changed(day, 0);
    };
    window.addEventListener('pointermove', moves);
    window.addEventListener('pointerup', ends);
    window.addEventListener('pointercancel', ends);
    this.draw();
  }

  dragged(event) {
    const { day, place, end, from, was } = this.held;
    const at = this.minute(event, day);
    if (end === null) {
      const length = was[1] - was[0];
      const begin = between(0, was[0] + at - from, was[1] > DAY ? DAY - STEP : DAY - length);
      this.week[day][place] = [begin, begin + length];
    } else {
      this.put(day, place, end, at);
    }
    this.draw();
  }

  // --- by keys

  key(event, day, place, end) {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.remove(day, place);
      return;
    }
    const [begin, closes] = this.week[day][place];
    const by = KEYS[event.key] * (event.shiftKey ? HOUR / STEP : 1);
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? DAY : (end ? closes : begin) + by;
    if (Number.isNaN(to)) return;
    event.preventDefault();
    event.stopPropagation();
    this.put(day, place, end, to);
    this.draw();
    this.changed(day, SETTLES);
  }

  // An end of a stretch, at least a step from the other one, and never so that it is open for more than a day.
  put(day, place, end, minute) {
    const stretch = this.week[day][place];
    if (end) stretch[1] = between(stretch[0] + STEP, minute, stretch[0] + DAY);
    else stretch[0] = between(Math.max(0, stretch[1] - DAY), minute, Math.min(stretch[1], DAY) - STEP);
  }

  add(day) {
    const taken = this.week[day];
    const last = taken.length ? Math.max(...taken.map(one => one[1])) : null;
    const begin = last === null ? 9 * HOUR : last + HOUR;
    if (begin > DAY - HOUR) return;
    taken.push([begin, Math.min(begin + (last === null ? 9 : 4) * HOUR, DAY)]);
    this.changed(day, 0);
  }

  remove(day, place) {
    this.week[day].splice(place, 1);
    this.draw();
    this.rows.querySelector(`[data-at="${day}.add"]`)?.focus();
    this.changed(day, 0);
  }

  changed(day, after) {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.tell(day), after);
    this.n += 1;
  }

  tell(day) {
    this.week = this.week.map(joined);
    this.draw();
    const hours = this.week[day].map(one => one.map(clock).join('–')).join(', ') || this.data.words.closed;
    this.said.textContent = `${this.data.days[day]} ${hours}`;
    this.send({ n: this.n, week: this.week });
  }
}
