/** How thoroughly to attack: a little in the plain suite; with TEST_LONG as often as the promise says. */
export const long = Boolean(process.env.TEST_LONG);
export const times = (plain: number, thorough: number): number => (long ? thorough : plain);
