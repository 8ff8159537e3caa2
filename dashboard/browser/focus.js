// Puts the keyboard where the work goes on: into the field of the container with this key, once per token.
//
// The page is drawn piece by piece, so the field may come a moment later than this part.

const TRIES = 60;
const EVERY = 50; // milliseconds
const FIELDS = 'input:not([type=hidden]), textarea, [role=combobox]';
let last = null;

export default function focus({ data }) {
  if (!data || data.token === last) return;
  last = data.token;
  put(data.key, data.token, TRIES);
}

function put(key, token, tries) {
  if (token !== last) return;
  const field = document.querySelector(`.st-key-${CSS.escape(key)} :is(${FIELDS})`);
  if (field && !field.disabled) { field.focus(); return; }
  if (tries > 0) setTimeout(() => put(key, token, tries - 1), EVERY);
}
