/** A network's own limit, kept strictly: in no second, wherever it begins, more than so many messages. */
export class Window {
  refused = 0;
  taken = 0;
  /** The latest that were taken (milliseconds), the oldest first. */
  private readonly latest: number[] = [];
  private readonly perSecond: number;

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  /** May a message pass at this moment (milliseconds)? */
  take(at: number): boolean {
    const oldest = this.latest.length < this.perSecond ? Number.NEGATIVE_INFINITY : this.latest[0]!;
    if (at - oldest < 1000) {
      this.refused += 1;
      return false;
    }
    if (this.latest.length >= this.perSecond) this.latest.shift();
    this.latest.push(at);
    this.taken += 1;
    return true;
  }
}
