/** What the charts say in words and figures. */

import { count, localDate, money, percent, signedMoney, signedPercent } from '../format.js';
import { __, _n, sprintf } from '../i18n.js';
import { histogram } from './series.js';

const MINUS = '\u2212';

/** A short axis label; enough digits to tell neighbours apart. */
export function axisValue(value, unit, splits = []) {
  const step = splits.length > 1 ? Math.abs(splits[1] - splits[0]) : Math.abs(value);
  const digits = step >= 1 || step === 0 ? 0 : Math.min(4, Math.ceil(-Math.log10(step)));
  const size = Math.abs(value);
  const thousands = size >= 10000 && step >= 100;
  const figure = thousands
    ? `${(size / 1000).toFixed(step >= 1000 ? 0 : 1)}k`
    : size.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const sign = value < 0 && Number(size.toFixed(digits)) !== 0 ? MINUS : '';
  return unit === '%' ? `${sign}${figure}%` : `${sign}${unit || ''}${figure}`;
}

export function valueText(kind, unit, value) {
  if (kind === 'distribution') {
    return sprintf(_n('%s trade', '%s trades', value), count(value));
  }
  if (unit === '%') {
    return kind === 'returns' ? signedPercent(value) : percent(value, 2);
  }
  return kind === 'returns' ? signedMoney(value) : money(value);
}

const spanOf = (points) => (points.length ? points[points.length - 1][0] - points[0][0] : 0);

function moment(x, points) {
  const options = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' };
  const iso = new Date(x * 1000).toISOString();
  return spanOf(points) > 20 * 86400 ? localDate(iso) : new Date(iso).toLocaleString(undefined, options);
}

/** 'Nov 20, 14:05: $100,231.20' for one place of the chart. */
export function pointText(spec, x, value) {
  if (spec.kind === 'distribution') {
    const half = histogram(spec.points.map(([, y]) => Number(y))).width / 2;
    return sprintf(__('%1$s to %2$s: %3$s'), signedMoney(x - half), signedMoney(x + half), valueText(spec.kind, '', value));
  }
  return `${moment(x, spec.points)}: ${valueText(spec.kind, spec.unit, value)}`;
}

/** Heads of the data table by kind. */
export function columnNames(kind) {
  const names = {
    equity: [__('Time'), __('Equity')],
    drawdown: [__('Time'), __('Drawdown')],
    returns: [__('Day'), __('Return')],
    distribution: [__('Profit or loss'), __('Trades')],
  };
  return names[kind] || [__('Time'), __('Value')];
}
