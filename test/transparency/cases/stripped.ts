// TypeScript that Node strips itself.
interface Shape { readonly area: number }
type Pair<T> = [T, T];
abstract class Figure implements Shape {
  protected name: string;
  constructor(name: string, private_: boolean = false) { this.name = name + (private_ ? '!' : ''); }
  abstract get area(): number;
  describe(this: Figure, digits?: number): string { return `${this.name} ${this.area.toFixed(digits ?? 1)}`; }
}
class Square extends Figure {
  declare readonly tag: string;
  #side: number = 2;
  constructor(side: number) { super('square'); this.#side = side; }
  override get area(): number { return this.#side ** 2; }
}
const pair = <T>(a: T, b: T): Pair<T> => [a, b];
async function load<T extends Shape>(make: () => Promise<T>): Promise<string> { return (await make()) instanceof Figure ? 'figure' : 'shape'; }
console.log(new Square(3).describe(2), pair<number>(1, 2), await load(async () => new Square(1)), (pair as unknown as (a: string) => unknown)('x'));
console.log(pair.toString().replace(/\s+/g, ' '), new Error('at').stack!.split('\n')[1]!.replace(/.*:(\d+):\d+\)?$/, '$1'));
