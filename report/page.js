'use strict';
// Shows the figures of the page. Texts become text nodes, never HTML: names may contain anything.
window.onerror = message => { document.documentElement.dataset.error = message; };

const $ = id => document.getElementById(id);
const body = id => $(id).querySelector('.body');
const figures = JSON.parse($('figures').textContent);

// ---- Elements and numbers ----

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}
const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

const whole = n => n.toLocaleString('en');
const percent = (share, digits = 1) => (100 * share).toFixed(digits) + ' %';
const rounded = x => x === null ? '' : Math.abs(x) >= 1000 ? whole(Math.round(x)) : String(Number(x.toPrecision(3)));
const signed = x => (x < 0 ? '\u2212' : '+') + Math.abs(x).toFixed(Math.abs(x) < 0.01 ? 4 : 3);
const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

/// The text of a panel that has nothing to show; true if it has none.
function isMissing(id) {
  if (figures[id].missing) body(id).append(make('p', {class: 'missing'}, figures[id].missing));
  return Boolean(figures[id].missing);
}

function table(headings, rows) {
  const cell = tag => (content, column) => make(tag, {class: column > 0 ? 'number' : ''}, content);
  return make('div', {class: 'scroll'}, make('table', {},
    make('thead', {}, make('tr', {}, ...headings.map(cell('th')))),
    make('tbody', {}, ...rows.map(row => make('tr', {}, ...row.map(cell('td')))))));
}

function tiles(pairs) {
  return make('dl', {class: 'tiles'},
    ...pairs.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
}

// ---- Charts ----

/// An SVG with one unit for each pixel, drawn again when its width changes.
function chart(label, height, contents) {
  const picture = draw('svg', {role: 'img', 'aria-label': label, height});
  const paint = () => picture.replaceChildren(...contents(Math.max(200, picture.clientWidth)));
  new ResizeObserver(paint).observe(picture);
  return make('div', {}, make('h3', {}, label), picture);
}

function key(entries) {
  return make('div', {class: 'key'},
    ...entries.map(([name, fill]) => make('span', {}, make('i', {style: 'background:' + fill}), name)));
}

/// Horizontal bars with intervals: rows of a name and [mean, low, high].
function intervals(label, rows) {
  return chart(label, rows.length * 42, width => {
    const scale = (width - 60) / Math.max(...rows.map(row => row[1][2]), 1e-9);
    return rows.flatMap(([name, [mean, low, high]], i) => [
      draw('text', {x: 0, y: 42 * i + 12}, name),
      draw('rect', {x: 0, y: 42 * i + 17, height: 14, width: Math.max(1, mean * scale), rx: 2,
                    fill: i === 0 ? 'var(--model)' : 'var(--other)'}),
      draw('path', {d: `M${low * scale} ${42 * i + 24}H${high * scale}m0 -4v8M${low * scale} ${42 * i + 20}v8`,
                    stroke: 'var(--text)', fill: 'none'}),
      draw('text', {class: 'strong', x: high * scale + 6, y: 42 * i + 28}, mean.toFixed(3)),
    ]);
  });
}

/// Vertical bars of one or several series over the same labels: side by side, or over one another
/// if there are many.
function bars(label, labels, series) {
  const height = 150, base = height - 22;
  const most = Math.max(...series.flatMap(one => one.values), 1e-9);
  return chart(label, height, width => {
    const step = width / labels.length, many = labels.length > 20, gap = many ? 0 : step * 0.15;
    const thick = many ? step : (step - 2 * gap) / series.length;
    const longest = Math.max(...labels.map(text => text.length)) * 7 + 6;
    const every = Math.ceil(longest / step);
    const nodes = [draw('path', {class: 'axis', d: `M0 ${base + .5}H${width}`})];
    labels.forEach((text, i) => {
      series.forEach((one, s) => {
        const tall = one.values[i] / most * (base - 16);
        nodes.push(draw('rect', {x: i * step + gap + (many ? 0 : s * thick), y: base - tall, width: Math.max(.5, thick - .5), height: tall,
                                 fill: one.fill, 'fill-opacity': many ? .7 : 1},
          draw('title', {}, `${text} ${one.name}: ${one.show(one.values[i])}`)));
        if (series.length === 1 && !many && step > 36 && one.values[i] > 0)
          nodes.push(draw('text', {x: (i + .5) * step, y: base - tall - 4, 'text-anchor': 'middle'}, one.show(one.values[i])));
      });
      if (i % every === 0)
        nodes.push(draw('text', {x: many && i === 0 ? 0 : (i + .5) * step, y: height - 6, 'text-anchor': many && i === 0 ? 'start' : 'middle'}, text));
    });
    return nodes;
  });
}

/// A line through values at the places first, first + 1, ...
function line(label, first, values) {
  const height = 200, left = 4, right = 10, base = height - 22;
  return chart(label, height, width => {
    // At least 1 % from top to bottom: smaller differences look as small as they are.
    const high = Math.max(...values), low = Math.min(...values, high - .01 * Math.abs(high));
    const x = i => left + (width - left - right) * i / Math.max(1, values.length - 1);
    const y = value => 24 + (base - 40) * (high > low ? (high - value) / (high - low) : .5);
    const every = Math.ceil(values.length * 34 / width);
    return [
      draw('path', {class: 'axis', d: `M0 ${base + .5}H${width}`}),
      draw('polyline', {points: values.map((v, i) => `${x(i)},${y(v)}`).join(' '), fill: 'none',
                        stroke: 'var(--model)', 'stroke-width': 2}),
      ...values.map((v, i) => draw('circle', {cx: x(i), cy: y(v), r: 3, fill: 'var(--model)'},
        draw('title', {}, `${first + i}: ${v}`))),
      draw('text', {class: 'strong', x: x(0) + 8, y: y(values[0]) - 6}, rounded(values[0])),
      draw('text', {class: 'strong', x: x(values.length - 1), y: y(values[values.length - 1]) - 10, 'text-anchor': 'end'},
        rounded(values[values.length - 1])),
      ...values.flatMap((_, i) => i % every === 0
        ? [draw('text', {x: x(i), y: height - 6, 'text-anchor': i === 0 ? 'start' : 'middle'}, String(first + i))] : []),
    ];
  });
}

// ---- Items ----

const names = figures.map.names;
const itemName = item => typeof item === 'string' ? item : names[item] || `unnamed item (place ${whole(item + 1)})`;
const itemLink = item => typeof item === 'string' ? make('span', {}, item)
  : make('button', {type: 'button', class: 'link', title: 'Show on the map', onclick: () => { pick(item); $('map').scrollIntoView(); }}, itemName(item));

// ---- Panels ----

function showHead() {
  document.title = figures.title;
  $('title').textContent = figures.title;
  const {users, items, factors, entries, density} = figures.sizes;
  $('subtitle').textContent = `${whole(users)} users, ${whole(items)} items, ${factors} factors` +
    (entries === null ? '' : `, ${whole(entries)} entries (${percent(density, density < .001 ? 3 : 1)} of all pairs)`);
  $('footer').textContent = `Written by als ${figures.version}. This file is complete: it loads nothing from the network.`;
}

function showTheme() {
  const root = document.documentElement, button = $('theme'), wish = matchMedia('(prefers-color-scheme: dark)');
  let chosen = null;
  try { chosen = localStorage.getItem('als-report-theme'); } catch { /* files may have no storage */ }
  const apply = () => {
    root.dataset.theme = chosen || (wish.matches ? 'dark' : 'light');
    button.textContent = root.dataset.theme === 'dark' ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to ${button.textContent.toLowerCase()} colours`);
    if (map) map.paint();
  };
  button.onclick = () => {
    chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem('als-report-theme', chosen); } catch { /* as above */ }
    apply();
  };
  wish.addEventListener('change', apply);
  apply();
}

function showWarnings() {
  const all = figures.warnings.map(({id, what, remedy}) =>
    make('div', {class: 'warning', 'data-warning': id}, make('p', {}, what), make('p', {}, remedy)));
  body('warnings').append(...all.length > 0 ? all : [make('p', {class: 'fine'}, 'Nothing that a practitioner would warn of was found.')]);
}

function showQuality() {
  if (isMissing('quality')) return;
  const {note, k, users, rows, gain} = figures.quality;
  const metric = (label, name) => intervals(`${label}@${k}`, rows.map(row => [row.name, row[name]]));
  body('quality').append(
    make('p', {class: 'note'}, `${note} ${whole(users)} users could be judged.`),
    make('div', {class: 'charts'}, metric('NDCG', 'ndcg'), metric('Recall', 'recall'), metric('Hit rate', 'hit_rate')));
  if (gain !== null)
    body('quality').append(make('p', {}, `User by user, NDCG@${k} is ${Math.abs(gain[0]).toFixed(3)} ` +
      `${gain[0] < 0 ? 'lower' : 'higher'} than with the most popular items (95 % interval ${gain[1].toFixed(3)} to ${gain[2].toFixed(3)}).`));
  const ratings = rows.some(row => row.rmse !== null);
  body('quality').append(table(
    ['', 'Coverage', 'Popularity bias', ...ratings ? ['RMSE'] : []],
    rows.map(row => [row.name, percent(row.coverage), row.popularity_bias.toFixed(2), ...ratings ? [row.rmse === null ? '' : row.rmse.toFixed(4)] : []])),
    make('p', {class: 'help'}, 'Coverage: the part of all items that is in some list. Popularity bias: how popular the items of the lists are, divided by how popular the items are that users pick. ' +
      '1 is what users do; above 1, lists favour what is popular.'));
}

function showConvergence() {
  if (isMissing('convergence')) return;
  const {continued, objective, change} = figures.convergence;
  body('convergence').append(
    line(continued ? 'Objective after so many further iterations' : 'Objective after each iteration', continued ? 0 : 1, objective),
    make('p', {class: 'help'}, (continued
      ? 'The training was not watched. The model was therefore trained for three more iterations, which this page does not keep. The first of them lowered the objective by '
      : 'The last iteration lowered the objective by ') + percent(change, 3) + '. Lists usually settle long before the objective does.'));
}

function showActivity() {
  if (isMissing('activity')) return;
  const label = i => i < 2 ? String(i) : rounded(2 ** (i - 1)) + '+';
  const one = (title, counts) => {
    const skip = counts[0] === 0 ? 1 : 0;
    return bars(title, counts.map((_, i) => label(i)).slice(skip),
      [{name: '', values: counts.slice(skip), fill: 'var(--model)', show: whole}]);
  };
  body('activity').append(make('div', {class: 'charts'},
      one('Users by their number of entries', figures.activity.users), one('Items by their number of entries', figures.activity.items)),
    make('p', {class: 'help'}, 'Each bar counts those with at least so many entries and fewer than the next bar says.'));
}

function showScores() {
  if (isMissing('scores')) return;
  const {low, high, known, any} = figures.scores;
  const share = counts => { const sum = counts.reduce((a, b) => a + b, 0); return counts.map(n => n / Math.max(1, sum)); };
  const labels = any.map((_, i) => String(Number((low + (high - low) * (i + .5) / any.length).toPrecision(2))));
  const series = [{name: 'any pairs', values: share(any), fill: 'var(--other)', show: percent}];
  if (known) series.push({name: 'pairs of the data', values: share(known), fill: 'var(--model)', show: percent});
  body('scores').append(bars('What the model predicts', labels, series),
    key(series.map(one => [one.name, one.fill])),
    make('p', {class: 'help'}, known ? 'The further the two lie apart, the better the model tells what users have from what they have not. ' +
      'It was trained on the former, so this is no measure of quality.' : 'Scores of evenly spread pairs of user and item.'));
}

function showLists() {
  if (isMissing('lists')) return;
  const {users, k, coverage, most, shares} = figures.lists;
  body('lists').append(make('p', {class: 'note'}, `The lists of ${whole(users)} users, ${k} items each: ${percent(coverage)} of all items are in one of them.`));
  if (shares) {
    const label = ['first 1 %', 'to 5 %', 'to 20 %', 'to 50 %', 'the rest'];
    const series = [{name: 'of the entries', values: shares.map(s => s[1]), fill: 'var(--other)', show: percent},
                    {name: 'of the places in lists', values: shares.map(s => s[2]), fill: 'var(--model)', show: percent}];
    body('lists').append(bars('Shares of the most popular items', label, series), key(series.map(one => [one.name, one.fill])));
  }
  body('lists').append(make('h3', {}, 'Items in most lists'),
    table(['', 'of the lists'], most.map(([item, share]) => [itemLink(item), percent(share)])));
}

function showPeople() {
  const people = figures.people;
  if (people.length === 0) {
    body('people').append(make('p', {class: 'missing'}, 'The model knows no user.'));
    return;
  }
  const choice = make('select', {id: 'person', 'aria-label': 'User', onchange: () => show()},
    ...people.map((one, i) => make('option', {value: i}, one.name + (one.entries === null ? '' : `, ${whole(one.entries)} entries`))));
  const place = make('div', {class: 'person'});
  const part = ([item, value]) => make('span', {}, make('b', {}, signed(value)), ' ', itemName(item), '; ');
  const why = reasons => {
    if (reasons === null) return '';
    const rest = reasons.score - reasons.base - reasons.first.reduce((sum, one) => sum + one[1], 0);
    return make('div', {class: 'why'},
      ...reasons.base === 0 ? [] : [make('b', {}, reasons.base.toFixed(3)), ' mean and item; '],
      ...reasons.first.map(part),
      ...reasons.count > 3 ? [make('b', {}, signed(rest)), ` ${whole(reasons.count - 3)} others`] : []);
  };
  const show = () => {
    const {entries, highest, list} = people[choice.value];
    place.replaceChildren(
      make('div', {}, make('h3', {}, highest.length < entries ? `Highest ${highest.length} of ${whole(entries)} entries` : 'Entries'),
        highest.length === 0 ? make('p', {class: 'missing'}, 'Histories are not known, and the list may repeat them.')
          : table(['', 'value'], highest.map(([item, value]) => [itemLink(item), rounded(value)]))),
      make('div', {}, make('h3', {}, 'Recommended'),
        list.length === 0 ? make('p', {class: 'missing'}, 'Nothing is left to recommend.')
          : table(['', 'score'], list.map(one => [make('div', {}, itemLink(one.item), why(one.why)), one.score.toFixed(3)]))));
  };
  body('people').append(make('label', {}, 'User ', choice), make('p', {class: 'help'}, 'A sample, from the least to the most active.'), place);
  choice.value = Math.floor(people.length / 2);
  show();
}

function showOptions() { body('options').append(tiles(figures.options)); }

// ---- The map ----

const palette = ['#4e79a7', '#f28e2b', '#59a14f', '#e15759', '#b07aa1', '#edc948', '#76b7b2', '#ff9da7', '#9c755f', '#17a2cf', '#7a5bd0', '#9aa6b6'];
let map = null;
let pick = () => {};  // selects an item of the map

/// Coordinates of `axes` numbers a row, of 16 bits each.
function unpack(text, axes) {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const columns = Array.from({length: axes}, () => new Float32Array(bytes.length / 2 / axes));
  for (let i = 0; i < bytes.length / 2; ++i)
    columns[i % axes][Math.floor(i / axes)] = (bytes[2 * i] + 256 * bytes[2 * i + 1]) / 65535 * 4 - 2;
  return columns;
}

/// Random numbers, the same each time (xorshift32).
function randomNumbers() {
  let state = 2463534242;
  return () => {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/// Places items so that neighbours are near and others are not: pulls along the lists of
/// neighbours, pushes from random items (McInnes, Healy, Melville 2018, UMAP, with a = b = 1). `x`
/// and `y` are where it starts, and change.
function arrange(x, y, lists) {
  const random = randomNumbers(), n = lists.length, rounds = 150;
  for (let i = 0; i < n; ++i) { x[i] = 10 * x[i] + random() * .01; y[i] = 10 * y[i] + random() * .01; }
  for (let round = 0; round < rounds; ++round) {
    const rate = 1 - round / rounds;
    const move = (i, j, force) => {
      const dx = Math.max(-4, Math.min(4, force * (x[i] - x[j]))), dy = Math.max(-4, Math.min(4, force * (y[i] - y[j])));
      x[i] += rate * dx; y[i] += rate * dy;
      return [dx, dy];
    };
    const square = (i, j) => (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2;
    for (let i = 0; i < n; ++i)
      for (let at = 0; at < lists[i].length; at += 2) {
        const j = lists[i][at];
        if (j >= n) continue;
        const [dx, dy] = move(i, j, -2 / (1 + square(i, j)));
        x[j] -= rate * dx; y[j] -= rate * dy;
        for (let times = 0; times < 3; ++times) {
          const other = Math.floor(random() * n);
          if (other === i) continue;
          const d = square(i, other);
          move(i, other, 2 / ((.01 + d) * (1 + d)));
        }
      }
  }
}

function showMap() {
  const {known, by_entries, axes, shares, points, entries, groups, user_points, user_names} = figures.map;
  const count = names.length, lists = figures.neighbours;
  if (count === 0) {
    $('map').replaceChildren(make('h2', {}, 'Map of the items'), make('p', {class: 'missing'}, 'The model knows no item.'));
    return;
  }
  const canvas = $('canvas'), pen = canvas.getContext('2d');
  const itemAxes = unpack(points, axes), userAxes = unpack(user_points, axes);
  let x = itemAxes[0], y = itemAxes[1], shown = count, userX = userAxes[0], userY = userAxes[1];
  let width = 0, height = 0, centre = [0, 0], zoom = 1, selected = null, matches = [];

  // -- What is seen, and how --
  const px = i => (x[i] - centre[0]) * zoom + width / 2, py = i => height / 2 - (y[i] - centre[1]) * zoom;
  const ux = i => (userX[i] - centre[0]) * zoom + width / 2, uy = i => height / 2 - (userY[i] - centre[1]) * zoom;
  const withUsers = () => $('show-users').checked && userX !== null;

  const steps = [.01, .05, .15, .35, .65, 1];
  const byPopularity = i => steps.findIndex(step => i < step * count || step === 1);
  let kindOf = new Uint8Array(count);
  function colourBy(what) {
    kindOf = Uint8Array.from({length: count}, (_, i) => what === 'groups' ? groups.of_item[i] : byPopularity(i));
    const what_first = by_entries ? 'most popular' : 'longest factors';
    const texts = what === 'groups' ? groups.names.concat(groups.of_item.includes(groups.names.length) ? ['others'] : [])
      : steps.map((step, i) => (i === 0 ? what_first + ' ' : i === 5 ? 'the rest' : 'to ') + (i === 5 ? '' : 100 * step + ' %'));
    map.fills = () => what === 'groups' ? palette : steps.map((_, i) => colour('ramp-' + (5 - i)));
    map.legend = () => $('legend').replaceChildren(key(texts.map((text, i) => [text === '' ? 'none' : text, what === 'groups' && text === 'others' ? palette[11] : map.fills()[i]])));
  }

  function fit() {
    let low = [Infinity, Infinity], high = [-Infinity, -Infinity];
    for (let i = 0; i < shown; ++i) {
      low = [Math.min(low[0], x[i]), Math.min(low[1], y[i])];
      high = [Math.max(high[0], x[i]), Math.max(high[1], y[i])];
    }
    centre = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    zoom = .88 * Math.min(width / Math.max(1e-6, high[0] - low[0]), height / Math.max(1e-6, high[1] - low[1]));
    map.whole = zoom;
  }

  function paint() {
    const density = window.devicePixelRatio || 1;
    canvas.width = width * density; canvas.height = height * density;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    const fills = map.fills(), grow = Math.min(3, Math.sqrt(zoom / map.whole));
    const size = (shown > 20000 ? 1 : shown > 3000 ? 1.5 : 2.5) * grow;
    const faded = selected !== null || matches.length > 0;
    pen.globalAlpha = faded ? .35 : .85;
    let last = -1;
    for (let i = shown - 1; i >= 0; --i) {  // the most popular on top
      const a = px(i), b = py(i);
      if (a < -9 || b < -9 || a > width + 9 || b > height + 9) continue;
      if (kindOf[i] !== last) pen.fillStyle = fills[last = kindOf[i]];
      if (shown > 20000) { pen.fillRect(a - size, b - size, 2 * size, 2 * size); continue; }
      pen.beginPath(); pen.arc(a, b, size, 0, 7); pen.fill();
    }
    pen.globalAlpha = 1;
    if (withUsers()) {
      pen.strokeStyle = colour('third');
      for (let i = 0; i < user_names.length; ++i) pen.strokeRect(ux(i) - 3, uy(i) - 3, 6, 6);
    }
    const marked = new Set(matches);
    if (selected !== null) {
      pen.strokeStyle = colour('text'); pen.lineWidth = 1;
      for (let at = 0; at < (lists[selected] || []).length; at += 2) {
        const near = lists[selected][at];
        if (near >= shown) continue;
        pen.globalAlpha = .4; pen.beginPath(); pen.moveTo(px(selected), py(selected)); pen.lineTo(px(near), py(near)); pen.stroke();
        pen.globalAlpha = 1; marked.add(near);
      }
    }
    for (const i of selected === null ? marked : [selected, ...marked]) if (i < shown) {
      pen.fillStyle = fills[kindOf[i]]; pen.beginPath(); pen.arc(px(i), py(i), size + 2, 0, 7); pen.fill();
    }
    if (selected !== null && selected < shown) {
      pen.strokeStyle = colour('text'); pen.lineWidth = 2; pen.beginPath(); pen.arc(px(selected), py(selected), size + 5, 0, 7); pen.stroke(); pen.lineWidth = 1;
    }
    label(selected === null ? [...marked] : [selected, ...marked], faded);
    if (document.activeElement === canvas && canvas.matches(':focus-visible')) {
      pen.strokeStyle = colour('quiet'); pen.beginPath();
      pen.moveTo(width / 2 - 8, height / 2); pen.lineTo(width / 2 + 8, height / 2); pen.moveTo(width / 2, height / 2 - 8); pen.lineTo(width / 2, height / 2 + 8); pen.stroke();
    }
  }

  /// Writes the names of marked items, or of the most popular ones in sight, where there is room.
  function label(marked, onlyMarked) {
    const taken = [[width - 52, 0, 52, 130]];
    const isFree = box => box[0] > 2 && box[0] + box[2] < width - 2 && box[1] > 2 && box[1] + box[3] < height - 2 &&
      taken.every(other => box[0] > other[0] + other[2] || other[0] > box[0] + box[2] || box[1] > other[1] + other[3] || other[1] > box[1] + box[3]);
    pen.font = '12px system-ui, sans-serif'; pen.textBaseline = 'middle'; pen.lineJoin = 'round';
    const limit = width < 500 ? 10 : 24;
    let written = 0;
    const write = i => {
      if (i >= shown || !names[i]) return;
      const text = names[i].length > 34 ? names[i].slice(0, 33) + '\u2026' : names[i];
      const long = pen.measureText(text).width, a = px(i), b = py(i);
      const box = [[a + 7, b - 9, long + 4, 18], [a - long - 11, b - 9, long + 4, 18]].find(isFree);
      if (!box) return;
      taken.push(box); ++written;
      pen.lineWidth = 3; pen.strokeStyle = colour('card'); pen.strokeText(text, box[0] + 2, b);
      pen.fillStyle = colour('text'); pen.fillText(text, box[0] + 2, b);
    };
    marked.slice(0, 24).forEach(write);
    if (!onlyMarked) for (let i = 0; i < Math.min(shown, 4000) && written < limit; ++i) write(i);
  }

  // -- Picking --
  function nearest(a, b, within) {
    let best = null, least = within ** 2;
    for (let i = 0; i < shown; ++i) {
      const d = (px(i) - a) ** 2 + (py(i) - b) ** 2;
      if (d < least) { least = d; best = i; }
    }
    return best;
  }

  function nearestUser(a, b) {
    if (!withUsers()) return null;
    const found = user_names.findIndex((_, i) => Math.abs(ux(i) - a) < 5 && Math.abs(uy(i) - b) < 5);
    return found < 0 ? null : found;
  }

  function showItem() {
    const place = $('item');
    if (selected === null) {
      place.replaceChildren(make('p', {class: 'help'}, 'Click an item to see its neighbours.'));
      return;
    }
    const near = [];
    for (let at = 0; at < (lists[selected] || []).length; at += 2)
      near.push(make('li', {}, make('button', {type: 'button', onclick: ((item) => () => pick(item))(lists[selected][at])}, itemName(lists[selected][at])),
        make('span', {}, (lists[selected][at + 1] / 1000).toFixed(2))));
    place.replaceChildren(
      make('h3', {}, itemName(selected)),
      make('p', {class: 'help'}, [entries === null ? null : whole(entries[selected]) + (entries[selected] === 1 ? ' entry' : ' entries'),
        groups === null ? null : groups.names[groups.of_item[selected]] || 'others'].filter(Boolean).join(', ')),
      make('h3', {}, 'Neighbours'),
      near.length > 0 ? make('ol', {}, ...near)
        : make('p', {class: 'missing'}, selected < lists.length ? 'It has none.' : `They are listed for the first ${whole(lists.length)} items only.`),
      make('p', {class: 'help'}, near.length > 0 ? 'The number is the cosine of the two: 1 is the same taste.' : ''));
  }

  pick = item => {
    selected = item; matches = [];
    if (item !== null && item < shown) {
      const a = px(item), b = py(item);
      if (a < 0 || b < 0 || a > width || b > height) centre = [x[item], y[item]];
    }
    showItem(); paint();
  };

  // -- Moving --
  function zoomBy(factor, a = width / 2, b = height / 2) {
    const next = Math.max(map.whole / 3, Math.min(map.whole * 300, zoom * factor));
    centre = [centre[0] + (a - width / 2) * (1 / zoom - 1 / next), centre[1] - (b - height / 2) * (1 / zoom - 1 / next)];
    zoom = next; paint();
  }
  function moveBy(a, b) { centre = [centre[0] - a / zoom, centre[1] + b / zoom]; paint(); }

  const fingers = new Map();
  let moved = 0;
  const placeOf = event => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  canvas.onpointerdown = event => { fingers.set(event.pointerId, placeOf(event)); moved = 0; canvas.setPointerCapture(event.pointerId); };
  canvas.onpointermove = event => {
    const now = placeOf(event), before = fingers.get(event.pointerId);
    if (!before) { hover(now); return; }
    const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    const distance = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]);
    moved += distance(now, before);
    fingers.set(event.pointerId, now);
    $('tip').hidden = true;
    if (others.length === 1) zoomBy(distance(now, others[0]) / Math.max(1, distance(before, others[0])), ...others[0]);
    else if (moved > 4) moveBy(now[0] - before[0], now[1] - before[1]);
  };
  const end = event => {
    if (fingers.delete(event.pointerId) && moved <= 4 && event.type === 'pointerup') pick(nearest(...placeOf(event), 14));
  };
  canvas.onpointerup = end;
  canvas.onpointercancel = end;
  canvas.onpointerleave = () => { $('tip').hidden = true; };
  canvas.addEventListener('wheel', event => {
    if (document.activeElement !== canvas && !event.ctrlKey) return;  // the page scrolls
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 300), ...placeOf(event));
  }, {passive: false});
  canvas.onfocus = canvas.onblur = () => paint();

  function hover([a, b]) {
    const user = nearestUser(a, b), item = user === null ? nearest(a, b, 12) : null, tip = $('tip');
    canvas.style.cursor = item === null ? 'grab' : 'pointer';
    tip.hidden = user === null && item === null;
    if (tip.hidden) return;
    tip.textContent = user !== null ? user_names[user] : itemName(item) + (entries === null ? '' : ` (${whole(entries[item])})`);
    tip.style.left = Math.min(a + 12, width - tip.offsetWidth - 4) + 'px';
    tip.style.top = Math.max(4, b - 32) + 'px';
  }

  canvas.onkeydown = event => {
    const step = 40, actions = {
      ArrowLeft: () => moveBy(step, 0), ArrowRight: () => moveBy(-step, 0), ArrowUp: () => moveBy(0, step), ArrowDown: () => moveBy(0, -step),
      '+': () => zoomBy(1.4), '=': () => zoomBy(1.4), '-': () => zoomBy(1 / 1.4), 0: () => { fit(); paint(); },
      Enter: () => pick(nearest(width / 2, height / 2, Infinity)),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    actions[event.key]();
  };
  $('zoom-in').onclick = () => zoomBy(1.5);
  $('zoom-out').onclick = () => zoomBy(1 / 1.5);
  $('zoom-all').onclick = () => { fit(); paint(); };

  // -- Search --
  const lower = names.map(name => name === 0 ? '' : name.toLowerCase());
  const search = $('search'), found = $('found');
  function find() {
    const wanted = search.value.trim().toLowerCase();
    matches = [];
    for (let i = 0; wanted !== '' && i < count && matches.length < 12; ++i) if (lower[i].includes(wanted)) matches.push(i);
    const choose = item => { found.hidden = true; pick(item); canvas.focus(); };
    found.replaceChildren(...matches.map(item => make('li', {}, make('button', {type: 'button', onclick: () => choose(item)}, names[item]))));
    if (wanted !== '' && matches.length === 0) found.append(make('li', {class: 'missing'}, 'No item has this in its name.'));
    found.hidden = wanted === '';
    selected = null; showItem(); paint();
  }
  search.oninput = find;
  search.onkeydown = event => { if (event.key === 'Enter' && matches.length > 0) found.querySelector('button').click(); };
  $('map').addEventListener('keydown', event => {
    const buttons = [search, ...found.querySelectorAll('button')], at = buttons.indexOf(document.activeElement);
    const next = {ArrowDown: at + 1, ArrowUp: at - 1}[event.key];
    if (at < 0 || found.hidden || next === undefined || !buttons[next]) return;
    event.preventDefault();
    buttons[next].focus();
  });
  document.addEventListener('keydown', event => {
    const writes = document.activeElement.matches('input, select');
    if (event.key === '/' && !writes) { event.preventDefault(); search.focus(); search.select(); search.scrollIntoView({block: 'center'}); }
    if (event.key === 'Escape') { search.value = ''; found.hidden = true; pick(null); }
  });
  document.addEventListener('click', event => { if (!event.target.closest('.search')) found.hidden = true; });

  // -- Choices --
  const view = $('view'), colours = $('colours');
  for (let axis = 0; axis + 1 < axes && (axis === 0 || shares[axis] > 0); axis += 2)
    view.append(make('option', {value: axis}, `Components ${axis + 1} and ${axis + 2} (${percent(shares[axis] + shares[axis + 1], 0)})`));
  if (lists.length > 2) view.append(make('option', {value: 'near'}, lists.length < count ? `Neighbourhoods of the first ${whole(lists.length)}` : 'Neighbourhoods'));
  let arranged = null;
  view.onchange = () => {
    if (view.value === 'near') {
      if (arranged === null) {
        arranged = [itemAxes[0].slice(0, lists.length), itemAxes[1].slice(0, lists.length)];
        arrange(...arranged, lists);
      }
      [x, y] = arranged; shown = lists.length; userX = userY = null;
    } else {
      const axis = Number(view.value);
      [x, y] = [itemAxes[axis], itemAxes[axis + 1]]; [userX, userY] = [userAxes[axis], userAxes[axis + 1]]; shown = count;
    }
    $('show-users').disabled = userX === null;
    fit(); paint();
  };
  if (groups !== null) colours.append(make('option', {value: 'groups'}, 'Groups'));
  colours.append(make('option', {value: 'popularity'}, by_entries ? 'Popularity' : 'Length of factors'));
  map = {paint: () => { if (width > 0) { paint(); map.legend(); } }, fills: null, legend: null, whole: 1};
  colours.onchange = () => { colourBy(colours.value); map.paint(); };
  colourBy(colours.value);
  $('show-users').onchange = () => paint();
  $('show-users').nextElementSibling.textContent = `${whole(user_names.length)} users`;

  const unnamed = names.filter(name => name === 0).length;
  $('map-note').textContent = [
    'Components are the directions in which the items, scaled to length 1, differ the most; in brackets, how much of the variance two of them show. ' +
      'Neighbourhoods keep neighbours together instead; distances between groups then mean little.',
    count < known ? `The map has the first ${whole(count)} of ${whole(known)} items.` : '',
    unnamed > 0 ? `To keep this file small, the names of the ${whole(unnamed)} ${by_entries ? 'least popular items' : 'last items'} were left out.` : '',
  ].filter(Boolean).join(' ');

  new ResizeObserver(() => {
    const isFirst = width === 0;
    [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (isFirst) fit();
    map.paint();
  }).observe(canvas);
  showItem();
}

showHead();
showWarnings();
showQuality();
showMap();
showPeople();
showLists();
showConvergence();
showScores();
showActivity();
showOptions();
showTheme();
document.documentElement.dataset.ready = 'yes';
