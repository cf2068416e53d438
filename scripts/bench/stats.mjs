/** Medians and what they are worth. */

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low);
}

export const median = (values) => quantile(values, 0.5);

export const geometricMean = (values) => Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

/** The median with the 95 % interval that resampling gives it; the same samples always give the same interval. */
export function summary(samples, repeats = 1000) {
  let seed = 12345;
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const medians = [];
  for (let i = 0; i < repeats; i++) medians.push(median(samples.map(() => samples[Math.floor(random() * samples.length)])));
  return { ratio: median(samples), low: quantile(medians, 0.025), high: quantile(medians, 0.975), samples: samples.length };
}
