/**
 * # Freezing all of a value
 *
 * So that a function which should be pure cannot change what it is given without being found out.
 */

/**
 * The value itself, in which nothing can be changed any more. Maps and sets lose their ways to
 * change.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) throw new TypeError('bytes cannot be frozen');
  if (value instanceof Map || value instanceof Set) {
    for (const name of ['set', 'add', 'delete', 'clear']) {
      if (name in value) Object.defineProperty(value, name, { value: refuseToChange });
    }
    for (const part of value) deepFreeze(part);
  }
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}

function refuseToChange(): never {
  throw new TypeError('this map or set is frozen');
}
