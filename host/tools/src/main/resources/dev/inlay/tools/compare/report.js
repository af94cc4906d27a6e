// SPDX-License-Identifier: Apache-2.0
(() => {
  'use strict';

  const figures = JSON.parse(document.getElementById('figures').textContent);
  const report = figures.report;
  const live = document.getElementById('said');
  const narrow = () => window.innerWidth < 640;

  // ---- elements: text goes in as text, whatever a model is called ----

  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      made.setAttribute(name, value);
    }
    made.append(...children.filter(child => child !== undefined && child !== null));
    return made;
  }

  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const unique = values => [...new Set(values)];

  // ---- figures as text ----

  function significant(value) {
    if (!Number.isFinite(value)) { return '–'; }
    const size = Math.abs(value);
    if (size >= 999.5) { return Math.round(value).toLocaleString('en-US'); }
    if (size === 0) { return '0'; }
    if (size < 0.001) { return value.toExponential(2); }
    return value.toPrecision(3);
  }

  function scaled(value, unit) {
    const steps = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'µ'], [1e-9, 'n']];
    const [size, prefix] = steps.find(([least]) => Math.abs(value) >= least) || steps[steps.length - 1];
    return `${(value / size).toPrecision(3)} ${prefix}${unit}`;
  }

  const kinds = {
    percent: value => `${(100 * value).toFixed(2)} %`,
    error: value => `${value < 0 ? '−' : '+'}${(100 * Math.abs(value)).toFixed(1)} %`,
    figure: significant,
    count: value => value.toLocaleString('en-US'),
    milliseconds: value => `${significant(value)} ms`,
    seconds: value => scaled(value, 's'),
    bytes: value => value < 1024 ? `${value} B` : value < 1048576 ? `${(value / 1024).toFixed(1)} KiB` : `${(value / 1048576).toFixed(1)} MiB`,
    factor: value => `${value.toFixed(2)} ×`,
    joules: value => scaled(value, 'J'),
    watts: value => `${significant(value)} W`,
    operations: value => scaled(value, 'op'),
    rate: value => scaled(value, 'op/s'),
  };

  const axis = value => {
    const [size, prefix] = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']].find(([least]) => value >= least) || [1, ''];
    return `${+(value / size).toPrecision(3)}${prefix}`;
  };

  function evidence(kind) {
    return kind ? el('span', {class: 'evidence'}, el('span', {class: `mark ${kind.toLowerCase()}`, 'aria-hidden': 'true'}), kind) : null;
  }

  /** A figure of the document at a path such as rows.3.top1. */
  function figure(path, kind, proof) {
    const value = path.split('.').reduce((at, key) => at === undefined || at === null ? undefined : at[key], report);
    if (value === undefined || value === null) { return el('span', {class: 'none'}, kind === 'joules' ? 'not measured' : '–'); }
    const cell = el('span', {}, el('data', {value: String(value), 'data-path': path, 'data-kind': kind}, kinds[kind](value)));
    if (proof) { cell.append(evidence(proof)); }
    return cell;
  }

  // ---- tables ----

  function table(caption, columns, count) {
    const body = el('tbody');
    const rows = [...Array(count).keys()];
    const heads = columns.map(column => el('th', {scope: 'col', class: column.kind ? 'figure' : ''}, el('button', {type: 'button'}, column.head)));
    const key = (column, i) => column.kind ? column.value(i) : String(column.value(i));
    function fill() {
      body.replaceChildren(...rows.map(i => el('tr', {}, ...columns.map(column => {
        const cell = column.kind ? figure(column.path(i), column.kind, column.proof && column.proof(i)) : document.createTextNode(column.value(i));
        return el('td', {class: column.kind ? 'figure' : column.long ? 'long' : ''}, cell);
      }))));
    }
    heads.forEach((head, at) => head.firstChild.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      heads.forEach(each => each.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      rows.sort((a, b) => {
        const [x, y] = [key(columns[at], a), key(columns[at], b)];
        const order = x === undefined || x === null ? 1 : y === undefined || y === null ? -1 : x < y ? -1 : x > y ? 1 : 0;
        return down ? -order : order;
      });
      fill();
    }));
    fill();
    return el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
      el('table', {}, el('caption', {class: 'unseen'}, caption), el('thead', {}, el('tr', {}, ...heads)), body));
  }

  /** Columns of a list of the document; a figure is [head, field, kind, field of its evidence]. */
  function columns(list, ...wanted) {
    const all = report[list];
    return wanted.map(([head, field, kind, proof]) => ({
      head,
      kind,
      long: kind === null,
      value: i => all[i][field] === undefined && !kind ? '–' : Array.isArray(all[i][field]) ? all[i][field].join(', ') || 'nothing' : all[i][field],
      path: i => `${list}.${i}.${field}`,
      proof: proof && (i => proof === 'map' ? all[i].evidence[field] : all[i][proof]),
    }));
  }

  // ---- what every plot shares ----

  const devices = report.devices.map(device => device.id);
  const shapes = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow'];
  const color = at => css(`--c${at % 8}`);
  const deviceColor = id => color(Math.max(0, devices.indexOf(id)));
  const deviceShape = id => shapes[Math.max(0, devices.indexOf(id)) % shapes.length];
  const measured = id => report.devices.some(device => device.id === id && device.evidence === 'MEASURED');
  const models = unique(report.rows.map(row => row.model));
  const methods = unique(report.rows.map(row => row.method));

  /** Filled where a device ran it, hollow where a model says so. */
  const style = (tint, filled) => filled
    ? {color: tint, borderColor: css('--card'), borderWidth: 1}
    : {color: css('--card'), borderColor: tint, borderWidth: 2};

  function tip(title, ...lines) {
    return el('div', {class: 'tip'}, el('b', {}, title), ...lines.filter(Boolean).map(line => el('span', {}, line)));
  }

  function base(extra) {
    const text = {color: css('--ink'), fontFamily: css('--sans')};
    return Object.assign({
      animation: false,
      textStyle: text,
      grid: {left: 8, right: narrow() ? 20 : 28, top: 62, bottom: 34, containLabel: true},
      legend: {type: 'scroll', top: 4, left: 0, right: 0, itemWidth: 16, itemHeight: 11, textStyle: {color: css('--ink'), fontSize: 12}, pageIconColor: css('--accent'), pageIconInactiveColor: css('--line'), pageTextStyle: {color: css('--soft')}},
      tooltip: {trigger: 'item', confine: true, backgroundColor: css('--card'), borderColor: css('--line'), textStyle: text, formatter: at => at.data && at.data.tip ? at.data.tip : ''},
    }, extra);
  }

  function scale(type, name, extra) {
    return Object.assign({
      type,
      name,
      nameLocation: 'end',
      nameTextStyle: {color: css('--soft'), fontSize: 12},
      axisLabel: {color: css('--soft'), fontSize: 11, hideOverlap: true},
      axisLine: {lineStyle: {color: css('--line')}},
      axisTick: {show: false},
      splitLine: {lineStyle: {color: css('--grid')}},
    }, extra);
  }

  const below = name => ({name, nameLocation: 'middle', nameGap: 26});
  const upward = {align: 'left', padding: [0, 0, 0, -26]};
  const logarithmic = {axisLabel: {}, minorSplitLine: {show: false}};
  const logScale = (name, extra) => scale('log', name, Object.assign({axisLabel: {color: css('--soft'), fontSize: 11, hideOverlap: true, formatter: axis}}, extra));

  /** Whole decades around values, so that a logarithmic axis has labels. */
  function decades(values) {
    const good = values.filter(value => value > 0);
    if (!good.length) { return {}; }
    return {min: 10 ** Math.floor(Math.log10(Math.min(...good))), max: 10 ** Math.ceil(Math.log10(Math.max(...good)) + 1e-9)};
  }

  const plots = [];

  /**
   * A part of the page.
   *
   * part.choices: [name, values, shown name of a value]; part.option: choices to an ECharts option; part.table: to a table
   */
  function section(part) {
    const heading = el('h2', {id: `${part.id}-title`}, part.title);
    const plot = part.option && el('div', {class: 'plot', id: `${part.id}-plot`, tabindex: '0', role: 'img', 'aria-label': `${part.title}. ${part.finding || ''} Arrow keys step through the points.`});
    const selects = (part.choices || []).filter(choice => choice[1].length > 1).map(([name, values, shown]) =>
      [name, el('select', {'data-name': name}, ...values.map(value => el('option', {value}, shown ? shown(value) : value)))]);
    const holder = el('div');
    const made = el('section', {id: part.id, 'aria-labelledby': `${part.id}-title`},
      heading,
      part.finding && el('p', {class: 'finding'}, part.finding),
      part.how && el('p', {class: 'how'}, part.how),
      selects.length ? el('div', {class: 'controls'}, ...selects.map(([name, select]) => el('label', {}, name, select))) : null,
      plot,
      part.option ? el('details', {}, el('summary', {}, 'The same as a table'), holder) : holder);
    document.getElementById('plots').append(made);
    document.getElementById('contents').append(el('a', {href: `#${part.id}`}, part.short));

    const chosen = () => Object.fromEntries((part.choices || []).map(([name, values]) => {
      const select = selects.find(each => each[0] === name);
      return [name, select ? select[1].value : values[0]];
    }));
    if (part.option) {
      const chart = echarts.init(plot, null, {renderer: 'svg'});
      let points = [];
      let at = -1;
      const draw = () => {
        const option = base(part.option(chosen()));
        chart.setOption(option, true);
        points = option.series.flatMap((series, s) => series.data.flatMap((item, i) => item && item.tip ? [[s, i, item.tip]] : []));
        at = -1;
      };
      selects.forEach(([, select]) => select.addEventListener('change', draw));
      plot.addEventListener('keydown', event => {
        const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
        if (event.key === 'Escape') { chart.dispatchAction({type: 'hideTip'}); }
        if (!step || !points.length) { return; }
        event.preventDefault();
        at = (at + step + points.length) % points.length;
        const [seriesIndex, dataIndex, said] = points[at];
        chart.dispatchAction({type: 'showTip', seriesIndex, dataIndex});
        live.textContent = [...said.children].map(child => child.textContent).join(', ');
      });
      draw();
      new ResizeObserver(() => { chart.resize(); }).observe(plot);
      plots.push(draw);
    }
    holder.append(part.table());
  }

  let wasNarrow = narrow();
  window.addEventListener('resize', () => {
    if (wasNarrow !== narrow()) { wasNarrow = narrow(); plots.forEach(draw => draw()); }
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plots.forEach(draw => draw()));

  // ---- the head of the page ----

  document.getElementById('answer').textContent = report.answer;
  const goals = {FASTEST: 'Fastest measured', SMALLEST: 'Smallest', FRUGAL: 'Least energy'};
  document.getElementById('choices').append(...(report.choices || []).map(choice => {
    const row = report.rows[choice.row];
    const path = `rows.${choice.row}`;
    const big = {
      FASTEST: () => figure(`${path}.samplesPerSecond`, 'figure', row.evidence.samplesPerSecond),
      SMALLEST: () => figure(`${path}.weightBytes`, 'bytes'),
      FRUGAL: () => figure(`${path}.joulesPerSample`, 'joules', row.evidence.joulesPerSample),
    }[choice.goal]();
    big.className = 'big';
    return el('li', {}, el('h2', {}, `${goals[choice.goal]}, ${choice.model}${choice.goal === 'FASTEST' ? ', images/s' : ''}`), big,
      el('span', {class: 'by'}, `${row.method === 'none' ? 'as it is' : row.method}${choice.goal === 'SMALLEST' ? '' : ` on ${row.device}`}, top-1 `, figure(`${path}.top1`, 'percent', row.evidence.top1)));
  }));
  const setting = report.setting;
  const said = [
    ['Machine', figures.machine],
    ['Date', figures.date],
    ['Images', `${setting.images.toLocaleString('en-US')} of ${setting.dataset}, ${setting.batch} a batch`],
    ['Calibrated on', `${setting.calibration.n} ${(setting.calibration.split || 'random').toLowerCase()} images of ${setting.calibration.dataset}, seed ${setting.calibration.seed}`],
  ];
  if (setting.load !== undefined) { said.push(['Load before', significant(setting.load)]); }
  document.getElementById('setting').append(...said.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, String(value)))));
  document.getElementById('origin').textContent = `${figures.command} · commit ${figures.commit} · Plots by Apache ECharts, inside this file; nothing is loaded from anywhere.`;

  // ---- the parts ----

  const findings = report.findings;
  const asIs = method => method === 'none' ? 'as it is' : method;

  function rowTip(row) {
    return tip(`${row.model}, ${asIs(row.method)}, on ${row.device}`,
      row.samplesPerSecond !== undefined && `${significant(row.samplesPerSecond)} images/s ${row.evidence.samplesPerSecond}`,
      row.top1 !== undefined && `top-1 ${kinds.percent(row.top1)} of ${row.n} images ${row.evidence.top1}`,
      `${kinds.bytes(row.weightBytes)} of weights`);
  }

  function front(model, name, kind, x) {
    const found = report.fronts.find(each => each.model === model && each.figure === name && (!kind || each.evidence === kind));
    const points = found ? found.rows.map(i => [x(report.rows[i]), 100 * report.rows[i].top1]) : [];
    return {
      name: `${kind ? `${kind.toLowerCase()} ` : ''}front`, type: 'line', step: false, symbol: 'none', silent: true, z: 1,
      lineStyle: {color: css('--soft'), width: 1.5, type: kind === 'MODELLED' ? 'dashed' : 'solid'},
      itemStyle: {color: css('--soft')}, data: points,
    };
  }

  const onFront = (model, name) => new Set(report.fronts.filter(each => each.model === model && each.figure === name).flatMap(each => each.rows));

  function throughput({Model}) {
    const shown = report.rows.map((row, i) => [row, i]).filter(([row]) => row.model === Model && row.top1 !== undefined);
    const best = onFront(Model, 'samplesPerSecond');
    return {
      xAxis: logScale('', Object.assign(below('images a second'), decades(shown.map(([row]) => row.samplesPerSecond)))),
      yAxis: scale('value', 'top-1, %', {scale: true, nameTextStyle: Object.assign({color: css('--soft'), fontSize: 12}, upward)}),
      series: devices.map(id => ({
        name: id, type: 'scatter', symbol: deviceShape(id), symbolSize: 11, itemStyle: style(deviceColor(id), measured(id)), z: 3,
        labelLayout: {hideOverlap: true},
        data: shown.filter(([row]) => row.device === id).map(([row, i]) => ({
          value: [row.samplesPerSecond, 100 * row.top1], tip: rowTip(row),
          label: {show: best.has(i), formatter: () => row.method, position: 'top', color: css('--ink'), fontSize: 11},
        })),
      })).concat([front(Model, 'samplesPerSecond', 'MEASURED', row => row.samplesPerSecond), front(Model, 'samplesPerSecond', 'MODELLED', row => row.samplesPerSecond)]),
    };
  }

  function bytes() {
    const first = method => model => report.rows.filter(row => row.model === model && row.method === method && row.top1 !== undefined).sort((a, b) => b.n - a.n)[0];
    const best = model => new Set([...onFront(model, 'weightBytes')].map(i => report.rows[i].method));
    const shown = models.map(model => [model, methods.map(method => first(method)(model)).filter(Boolean)]);
    return {
      xAxis: logScale('', Object.assign(below('weights, KiB'), decades(shown.flatMap(([, rows]) => rows.map(row => row.weightBytes / 1024))))),
      yAxis: scale('value', 'top-1, %', {scale: true, nameTextStyle: Object.assign({color: css('--soft'), fontSize: 12}, upward)}),
      series: shown.flatMap(([model, rows], at) => [{
        name: model, type: 'scatter', symbol: shapes[at % shapes.length], symbolSize: 11, itemStyle: style(color(at), true), z: 3,
        labelLayout: {hideOverlap: true},
        data: rows.map(row => ({
          value: [row.weightBytes / 1024, 100 * row.top1], tip: rowTip(row),
          label: {show: !narrow() || best(model).has(row.method), formatter: () => asIs(row.method), position: 'top', color: css('--ink'), fontSize: 11},
        })),
      }, Object.assign(front(model, 'weightBytes', null, row => row.weightBytes / 1024), {name: `${model} front`, lineStyle: {color: color(at), width: 1.5}, itemStyle: {color: color(at)}})]),
    };
  }

  function effects({Model, Device}) {
    const shown = report.effects.filter(effect => effect.model === Model && effect.device === Device);
    const names = shown.map(effect => effect.method).reverse();
    const kindsOf = [['memory', 'memory: fewer bytes of weights', 0], ['work', 'work: fewer operations', 4], ['arithmetic', 'arithmetic: more operations a second', 2]];
    const proof = measured(Device) ? 'MEASURED' : 'MODELLED';
    const values = shown.flatMap(effect => [effect.memory, effect.work, effect.arithmetic, effect.speedUp].map(Math.log2));
    const most = Math.max(1, Math.ceil(Math.max(...values)));
    const least = Math.min(-1, Math.floor(Math.min(...values)));
    const entry = (effect, kind) => ({
      value: Math.log2(effect[kind]),
      tip: tip(`${effect.method} on ${Device}`, `memory ${kinds.factor(effect.memory)}`, `work ${kinds.factor(effect.work)}`, `arithmetic ${kinds.factor(effect.arithmetic)} ${proof}`, `kernels ${kinds.factor(effect.speedUp)} as fast ${proof}`),
    });
    const at = method => shown.find(effect => effect.method === method);
    return {
      grid: {left: 8, right: 20, top: 62, bottom: 34, containLabel: true},
      xAxis: scale('value', '', Object.assign(below('factor over the model as it is'), {min: least, max: most, interval: 1, axisLabel: {color: css('--soft'), fontSize: 11, hideOverlap: true, formatter: value => value < 0 ? `1/${2 ** -value}` : `${2 ** value}×`}})),
      yAxis: scale('category', '', {data: names, splitLine: {show: false}, axisLabel: {color: css('--ink'), fontSize: narrow() ? 10 : 12}}),
      series: kindsOf.map(([kind, name, tint]) => ({
        name: narrow() ? kind : name, type: 'bar', barGap: '8%', barCategoryGap: '34%',
        itemStyle: {color: color(tint), borderRadius: 2, decal: {}}, data: names.map(method => entry(at(method), kind)),
      })).concat([{
        name: narrow() ? 'speed of kernels' : 'speed of the kernels: work × arithmetic', type: 'scatter', symbol: 'diamond', symbolSize: 12, itemStyle: {color: css('--ink'), borderColor: css('--card'), borderWidth: 1.5}, z: 5,
        data: names.map(method => Object.assign(entry(at(method), 'speedUp'), {value: [Math.log2(at(method).speedUp), method]})),
      }]),
    };
  }

  function roofline({Device, Model, Method}) {
    const device = report.devices.find(each => each.id === Device);
    const shown = report.layers.filter(layer => layer.device === Device && layer.model === Model && (Method === 'all' || layer.method === Method));
    const intensities = shown.map(layer => layer.operations / Math.max(1, layer.bytes));
    const rates = shown.map(layer => layer.operations / layer.seconds);
    const ceilings = device.compute;
    const [from, to] = [10 ** Math.floor(Math.log10(Math.min(0.1, ...intensities))), 10 ** Math.ceil(Math.log10(Math.max(100, ...intensities)))];
    const top = Math.max(...ceilings.map(each => each.perSecond), 1);
    const slanted = device.memory.map((memory, i) => ({
      name: `${memory.name === 'memory' ? 'bandwidth of memory' : `bandwidth of ${memory.name}`}`, type: 'line', symbol: 'none', silent: true,
      lineStyle: {color: css('--soft'), width: 2, type: i ? 'dotted' : 'dashed'}, itemStyle: {color: css('--soft')},
      data: [[from, from * memory.perSecond], [Math.min(to, top / memory.perSecond), Math.min(to * memory.perSecond, top)]],
    }));
    const flat = ceilings.map((ceiling, i) => ({
      name: `ceiling ${ceiling.name}`, type: 'line', symbol: 'none', silent: true, lineStyle: {color: color(i), width: 2}, itemStyle: {color: color(i)},
      data: [[Math.max(from, Math.min(...device.memory.map(memory => ceiling.perSecond / memory.perSecond), to)), ceiling.perSecond], [to, ceiling.perSecond]],
    }));
    return {
      xAxis: logScale('', Object.assign(below('operations a byte'), {min: from, max: to})),
      yAxis: logScale('op/s', Object.assign({nameTextStyle: Object.assign({color: css('--soft'), fontSize: 12}, upward)}, decades(rates.concat(ceilings.map(each => each.perSecond), device.memory.map(each => each.perSecond))))),
      series: ceilings.map((ceiling, i) => ({
        name: `layers in ${ceiling.name}`, type: 'scatter', symbol: shapes[i % shapes.length], symbolSize: 10, itemStyle: style(color(i), measured(Device)), z: 3,
        data: shown.filter(layer => layer.arithmetic === ceiling.name).map(layer => ({
          value: [layer.operations / Math.max(1, layer.bytes), layer.operations / layer.seconds],
          tip: tip(`${layer.node}, ${asIs(layer.method)}`, `${scaled(layer.operations / layer.seconds, 'op/s')} ${layer.evidence}`, `${significant(layer.operations / Math.max(1, layer.bytes))} operations a byte`, `bound by ${layer.bound}, ceiling ${scaled(ceiling.perSecond, 'op/s')}`),
        })),
      })).concat(slanted, flat),
    };
  }

  function layers({Model, Method}) {
    const shown = report.layers.filter(layer => layer.model === Model && layer.method === Method);
    const nodes = unique(shown.map(layer => layer.node)).reverse();
    const across = devices.filter(id => shown.some(layer => layer.device === id));
    const short = text => narrow() && text.length > 12 ? `${text.slice(0, 11)}…` : text.length > 28 ? `${text.slice(0, 27)}…` : text;
    const cells = nodes.flatMap((node, y) => {
      const of = shown.filter(layer => layer.node === node);
      const fastest = Math.min(...of.filter(layer => layer.evidence === 'MEASURED').map(layer => layer.seconds));
      return of.map(layer => {
        const ratio = layer.seconds / (Number.isFinite(fastest) ? fastest : layer.seconds);
        const heat = Math.max(-4, Math.min(4, Math.log2(ratio)));
        const best = layer.evidence === 'MEASURED' && layer.seconds === fastest;
        return {
          value: [across.indexOf(layer.device), y, heat],
          itemStyle: {borderColor: best ? css('--ink') : css('--card'), borderWidth: best ? 2.5 : 2},
          label: {show: true, formatter: () => `${best ? '★ ' : ''}${narrow() ? scaled(layer.seconds, 's').replace(/ /g, '') : scaled(layer.seconds, 's')}`, color: heat < -0.5 ? css('--card') : css('--ink'), fontSize: narrow() ? 9 : 11, fontWeight: best ? 700 : 400},
          tip: tip(`${node} on ${layer.device}`, `${scaled(layer.seconds, 's')} a batch ${layer.evidence}`, `${significant(ratio)} × the fastest measured`, `${layer.arithmetic}, bound by ${layer.bound}`),
        };
      });
    });
    return {
      legend: {show: false},
      grid: {left: 8, right: 12, top: 12, bottom: 8, containLabel: true},
      xAxis: scale('category', '', {data: across, axisLabel: {color: css('--ink'), fontSize: narrow() ? 9 : 11, interval: 0, rotate: narrow() ? 40 : across.length > 5 ? 18 : 0, formatter: short}, splitLine: {show: false}}),
      yAxis: scale('category', '', {data: nodes, axisLabel: {color: css('--ink'), fontSize: narrow() ? 9 : 11, interval: 0, formatter: short}, splitLine: {show: false}}),
      visualMap: {show: false, min: -4, max: 4, dimension: 2, inRange: {color: [css('--cool'), css('--pale')]}},
      series: [{name: 'seconds', type: 'heatmap', data: cells}],
    };
  }

  function sweep() {
    const formats = unique(report.sweep.map(point => point.format));
    const ids = unique(report.sweep.map(point => point.device));
    return {
      xAxis: scale('category', '', Object.assign(below('format of weights and activations'), {data: formats, axisLabel: {color: css('--ink'), fontSize: narrow() ? 10 : 12, interval: 0, rotate: narrow() ? 35 : 0}, nameGap: narrow() ? 42 : 28})),
      grid: {left: 8, right: 20, top: 62, bottom: narrow() ? 50 : 34, containLabel: true},
      yAxis: logScale('images/s', Object.assign({nameTextStyle: Object.assign({color: css('--soft'), fontSize: 12}, upward)}, decades(report.sweep.map(point => point.samplesPerSecond)))),
      series: ids.map((id, at) => ({
        name: id, type: 'line', symbol: shapes[at], symbolSize: 11, itemStyle: style(color(at), false), lineStyle: {color: color(at), width: 2, type: at ? 'dashed' : 'solid'},
        data: formats.map(format => {
          const point = report.sweep.find(each => each.device === id && each.format === format);
          return {value: point.samplesPerSecond, tip: tip(`${point.model} in ${format} on ${id}`, `${significant(point.samplesPerSecond)} images/s ${point.evidence}`, `${scaled(point.operationsPerSecond, 'op/s')}, bound by ${point.bound}`)};
        }),
      })),
    };
  }

  function power() {
    const ids = unique(report.power.map(row => row.device));
    const networks = unique(report.power.map(row => row.model));
    return {
      xAxis: logScale('', Object.assign(below('watts'), decades(report.power.map(row => row.watts)))),
      yAxis: logScale('images/s', Object.assign({nameTextStyle: Object.assign({color: css('--soft'), fontSize: 12}, upward)}, decades(report.power.map(row => row.samplesPerSecond)))),
      series: networks.map((network, at) => ({
        name: network, type: 'scatter', symbol: shapes[at % shapes.length], symbolSize: 12, itemStyle: style(color(at), false),
        data: ids.flatMap(id => report.power.filter(row => row.device === id && row.model === network)).map(row => ({
          value: [row.watts, row.samplesPerSecond],
          tip: tip(`${row.model} on ${row.device}`, `${significant(row.samplesPerSecond)} images/s at ${significant(row.watts)} W ${row.evidence}`, `${significant(row.samplesPerJoule)} images a joule`),
        })),
      })),
    };
  }

  function residuals() {
    const values = report.residuals.flatMap(row => [row.measuredMs, row.modelledMs]);
    const ends = decades(values);
    return {
      xAxis: logScale('', Object.assign(below('measured, ms a batch'), ends)),
      yAxis: logScale('modelled, ms', Object.assign({nameTextStyle: Object.assign({color: css('--soft'), fontSize: 12}, upward)}, ends)),
      series: unique(report.residuals.map(row => row.device)).map(id => ({
        name: id, type: 'scatter', symbol: deviceShape(id), symbolSize: 10, itemStyle: style(deviceColor(id), true), z: 3,
        data: report.residuals.filter(row => row.device === id).map(row => ({
          value: [row.measuredMs, row.modelledMs],
          tip: tip(`${row.model}, ${asIs(row.method)}, on ${row.device}`, `${significant(row.measuredMs)} ms MEASURED`, `${significant(row.modelledMs)} ms MODELLED by ${row.basis}`, `${kinds.error(row.error)}`),
        })),
      })).concat([{name: 'equal', type: 'line', symbol: 'none', silent: true, lineStyle: {color: css('--soft'), type: 'dashed'}, itemStyle: {color: css('--soft')}, data: [[ends.min, ends.min], [ends.max, ends.max]]}]),
    };
  }

  const rowColumns = () => columns('rows',
    ['Model', 'model'], ['Method', 'method'], ['Device', 'device'], ['Class', 'class'],
    ['Top-1', 'top1', 'percent', 'map'], ['Images', 'n', 'count'], ['Images/s', 'samplesPerSecond', 'figure', 'map'],
    ['One image', 'latencyMs', 'milliseconds', 'map'], ['Weights', 'weightBytes', 'bytes'], ['Smaller by', 'compression', 'factor'],
    ['Energy an image', 'joulesPerSample', 'joules', 'map'], ['Of the roofline', 'rooflineFraction', 'percent', 'map']);

  const kernels = unique(report.effects.map(effect => effect.device));
  const roofs = report.devices.filter(device => device.compute.length && report.layers.some(layer => layer.device === device.id)).map(device => device.id);
  const parts = [
    report.rows.length && {
      id: 'throughput', short: 'Accuracy × speed', title: 'Accuracy against throughput', finding: findings.throughput,
      how: 'Up and to the right is better. Filled marks ran here, hollow ones are modelled; on a line nothing is both faster and better. Devices that took fewer images are not on a line.',
      choices: [['Model', models]], option: throughput, table: () => table('Every row', rowColumns(), report.rows.length),
    },
    report.rows.length && {
      id: 'bytes', short: 'Accuracy × bytes', title: 'Accuracy against bytes of weights', finding: findings.bytes,
      how: 'Up and to the left is better. Scales, indices and codebooks count.',
      option: bytes, table: () => table('Accuracy and bytes', columns('rows', ['Model', 'model'], ['Method', 'method'], ['Device', 'device'], ['Top-1', 'top1', 'percent', 'map'], ['Weights', 'weightBytes', 'bytes'], ['Smaller by', 'compression', 'factor']), report.rows.length),
    },
    report.effects.length && {
      id: 'effects', short: 'What helps', title: 'What each method helps', finding: findings.effects,
      how: 'Bars to the right help, bars to the left cost. Kernels alone are timed; their speed is work times arithmetic.',
      choices: [['Model', models], ['Device', kernels]], option: effects,
      table: () => table('Effects', columns('effects', ['Model', 'model'], ['Method', 'method'], ['Device', 'device'], ['Memory', 'memory', 'factor'], ['Work', 'work', 'factor'], ['Arithmetic', 'arithmetic', 'factor', 'evidence'], ['Speed of kernels', 'speedUp', 'factor', 'evidence'], ['Helps', 'helps']), report.effects.length),
    },
    roofs.length && {
      id: 'roofline', short: 'Roofline', title: 'Layers under the roofline', finding: findings.roofline,
      how: 'A layer can reach the slanted line of its memory or the flat line of its arithmetic, whichever is lower. Ceilings of devices here were measured in this run.',
      choices: [['Device', roofs], ['Model', models], ['Method', ['all'].concat(methods), asIs]], option: roofline,
      table: () => table('Layers', columns('layers', ['Model', 'model'], ['Method', 'method'], ['Device', 'device'], ['Layer', 'node'], ['Arithmetic', 'arithmetic'], ['Operations', 'operations', 'operations'], ['Bytes', 'bytes', 'bytes'], ['Time', 'seconds', 'seconds', 'evidence'], ['Bound by', 'bound']), report.layers.length),
    },
    report.layers.length && {
      id: 'layers', short: 'Layers by device', title: 'Every layer on every device', finding: findings.layers,
      how: 'Time of a layer in a batch; darker is faster, ★ is the fastest that was measured.',
      choices: [['Model', models], ['Method', methods, asIs]], option: layers,
      table: () => table('Ceilings', deviceColumns(), ceilings.length),
    },
    report.sweep.length && {
      id: 'sweep', short: 'Precision sweep', title: 'Fewer bits on an FPGA and on a GPU', finding: findings.sweep,
      how: 'AlexNet with weights and activations in one format throughout, wholly modelled, after figure 2 of Wang et al., arXiv 1901.06955.',
      option: sweep, table: () => table('Precision sweep', columns('sweep', ['Network', 'model'], ['Board', 'device'], ['Format', 'format'], ['Bits', 'bits', 'count'], ['Images/s', 'samplesPerSecond', 'figure', 'evidence'], ['Operations a second', 'operationsPerSecond', 'rate', 'evidence'], ['Bound by', 'bound']), report.sweep.length),
    },
    report.power.length && {
      id: 'power', short: 'By power', title: 'Large networks, ordered by power', finding: findings.power,
      how: 'Boards whose draw a source gives; up and to the left is better. What no sensor measured and no source gives is not shown.',
      option: power, table: () => table('Networks by power', columns('power', ['Network', 'model'], ['Board', 'device'], ['Power', 'watts', 'watts', 'evidence'], ['Images/s', 'samplesPerSecond', 'figure', 'evidence'], ['Images a joule', 'samplesPerJoule', 'figure', 'evidence'], ['Operations', 'operations', 'operations']), report.power.length),
    },
    report.residuals.length && {
      id: 'residuals', short: 'Model × measurement', title: 'Measured beside modelled', finding: findings.residuals,
      how: 'On the dashed line the model is right; below it the model is too fast. Curves come from an earlier inlay tune, ceilings from this run.',
      option: residuals, table: () => table('Residuals', columns('residuals', ['Model', 'model'], ['Method', 'method'], ['Device', 'device'], ['Measured', 'measuredMs', 'milliseconds', 'map'], ['Modelled', 'modelledMs', 'milliseconds', 'map'], ['Error', 'error', 'error'], ['Model by', 'basis']), report.residuals.length),
    },
    report.faults.length && {
      id: 'faults', short: 'Left out', title: 'What was left out', how: 'Nothing is left out in silence.',
      table: () => table('Left out', columns('faults', ['Model', 'model'], ['Method', 'method'], ['Device', 'device'], ['Why', 'why', null]), report.faults.length),
    },
  ];

  const ceilings = report.devices.flatMap((device, d) => ['compute', 'memory'].flatMap(kind => device[kind].map((ceiling, i) => ({device, kind, ceiling, path: `devices.${d}.${kind}.${i}.perSecond`}))));
  function deviceColumns() {
    return [
      {head: 'Device', value: i => ceilings[i].device.id},
      {head: 'Ceiling', value: i => ceilings[i].kind === 'memory' ? `bytes/s of ${ceilings[i].ceiling.name}` : `op/s in ${ceilings[i].ceiling.name}`},
      {head: 'A second', kind: 'figure', value: i => ceilings[i].ceiling.perSecond, path: i => ceilings[i].path, proof: i => ceilings[i].device.evidence},
      {head: 'Source', long: true, value: i => ceilings[i].ceiling.source || 'measured in this run'},
    ];
  }

  parts.filter(Boolean).forEach(section);
  document.documentElement.setAttribute('data-ready', 'true');
})();
