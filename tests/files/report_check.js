// Uses the page as a person does, and notes what is not as it should be.
setTimeout(() => {
  const wrong = [];
  const check = (holds, what) => { if (!holds) wrong.push(what); };
  const press = (node, key) => node.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
  const seen = () => canvas.toDataURL();
  const heading = () => ($('item').querySelector('h3') || {}).textContent;
  const canvas = $('canvas'), search = $('search');
  const nasty = '<' + '/script><b class="injected">\'"&amp;\\ \u00e9';

  check(document.querySelector('.injected') === null, 'a name became HTML');
  check($('title').textContent === 'Title ' + nasty, 'title');
  check(!/NaN|undefined|Infinity|\[object/.test(document.body.innerText), 'not a number in a text');
  check(document.documentElement.scrollWidth <= innerWidth, 'wider than the window: ' + document.documentElement.scrollWidth);
  for (const section of document.querySelectorAll('section')) check(section.innerText.length > 30, 'empty panel ' + section.id);
  for (const picture of document.querySelectorAll('svg')) check(picture.childNodes.length > 3, 'empty chart');

  press(document.body, '/');
  check(document.activeElement === search, '/ does not search');
  search.value = 'SCRIPT';
  search.dispatchEvent(new Event('input'));
  check($('found').querySelectorAll('button').length === 1, 'search does not find');
  press(search, 'ArrowDown');
  check(document.activeElement === $('found').querySelector('button'), 'arrow down does not enter the results');
  press(document.activeElement, 'ArrowUp');
  press(search, 'Enter');
  check(heading() === nasty, 'enter does not pick what was found');
  const neighbour = $('item').querySelector('li button');
  const name = neighbour.textContent;
  neighbour.click();
  check(heading() === name, 'a neighbour is not picked');
  press(document.body, 'Escape');
  check(heading() === undefined && search.value === '', 'escape does not clear');

  canvas.focus();
  for (const key of ['+', '-', 'ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown']) {
    const before = seen();
    press(canvas, key);
    check(seen() !== before, 'the map does not follow ' + key);
  }
  press(canvas, '0');
  press(canvas, 'Enter');
  check(heading() !== undefined, 'enter does not pick the item at the centre');
  press(document.body, 'Escape');

  for (const id of ['view', 'colours', 'person']) {
    const choice = $(id);
    check(choice.options.length > 1, 'no choice of ' + id);
    for (const option of choice.options) { choice.value = option.value; choice.dispatchEvent(new Event('change')); }
  }
  $('view').value = 0;
  $('view').dispatchEvent(new Event('change'));
  const before = seen();
  $('show-users').click();
  check(seen() !== before, 'users are not shown');

  const theme = document.documentElement.dataset.theme;
  $('theme').click();
  check(document.documentElement.dataset.theme !== theme, 'colours are not switched');
  document.documentElement.dataset.checked = wrong.join('; ') || 'all';
}, 500);
