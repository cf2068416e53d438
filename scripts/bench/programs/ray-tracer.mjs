/** A small ray tracer: hot, short functions and many small objects, the worst case for a check at each entry. */
class Vector {
  constructor(x, y, z) {
    this.x = x;
    this.y = y;
    this.z = z;
  }
  plus(v) {
    return new Vector(this.x + v.x, this.y + v.y, this.z + v.z);
  }
  minus(v) {
    return new Vector(this.x - v.x, this.y - v.y, this.z - v.z);
  }
  times(k) {
    return new Vector(this.x * k, this.y * k, this.z * k);
  }
  dot(v) {
    return this.x * v.x + this.y * v.y + this.z * v.z;
  }
  get length() {
    return Math.sqrt(this.dot(this));
  }
  unit() {
    return this.times(1 / this.length);
  }
}

class Sphere {
  constructor(centre, radius, colour, shine) {
    this.centre = centre;
    this.radius = radius;
    this.colour = colour;
    this.shine = shine;
  }
  hit(from, direction) {
    const offset = from.minus(this.centre);
    const b = offset.dot(direction);
    const d = b * b - offset.dot(offset) + this.radius * this.radius;
    if (d < 0) return Infinity;
    const near = -b - Math.sqrt(d);
    return near > 1e-4 ? near : Infinity;
  }
  normal(at) {
    return at.minus(this.centre).unit();
  }
}

class Scene {
  constructor(bodies, light) {
    this.bodies = bodies;
    this.light = light;
  }
  nearest(from, direction) {
    let best = null;
    let distance = Infinity;
    this.bodies.forEach((body) => {
      const d = body.hit(from, direction);
      if (d < distance) {
        distance = d;
        best = body;
      }
    });
    return best === null ? null : { body: best, at: from.plus(direction.times(distance)) };
  }
  colour(from, direction, depth = 3) {
    const found = this.nearest(from, direction);
    if (found === null) return 0.2 + 0.1 * direction.y;
    const { body, at } = found;
    const normal = body.normal(at);
    const toLight = this.light.minus(at).unit();
    const shadow = this.nearest(at, toLight) !== null;
    const own = body.colour * (shadow ? 0.1 : Math.max(0.1, normal.dot(toLight)));
    if (depth === 0) return own;
    const reflected = direction.minus(normal.times(2 * direction.dot(normal)));
    return own * (1 - body.shine) + body.shine * this.colour(at, reflected.unit(), depth - 1);
  }
}

const bodies = [];
for (let i = 0; i < 12; i++)
  bodies.push(new Sphere(new Vector(Math.sin(i) * 3, Math.cos(i * 2) * 2, 6 + (i % 4)), 0.9, 0.3 + (i % 5) / 8, 0.4));
const scene = new Scene(bodies, new Vector(5, 8, -3));
const eye = new Vector(0, 0, -4);

export function work() {
  let sum = 0;
  for (let y = -32; y < 32; y++) for (let x = -32; x < 32; x++) sum += scene.colour(eye, new Vector(x / 32, y / 32, 2).unit());
  if (!(sum > 0)) throw new Error('nothing was seen');
}
