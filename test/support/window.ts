/** A network's own limit, kept strictly: a bucket of one second's messages that fills evenly. */
export class Bucket {
  refused = 0;
  taken = 0;
  private readonly perSecond: number;
  private left: number;
  private last: number;

  /** @param at milliseconds */
  constructor(perSecond: number, at: number) {
    this.perSecond = perSecond;
    this.left = perSecond;
    this.last = at;
  }

  /** May a message pass at this moment (milliseconds)? */
  take(at: number): boolean {
    this.left = Math.min(this.perSecond, this.left + (Math.max(0, at - this.last) / 1000) * this.perSecond);
    this.last = Math.max(this.last, at);
    if (this.left < 1) {
      this.refused += 1;
      return false;
    }
    this.left -= 1;
    this.taken += 1;
    return true;
  }
}
