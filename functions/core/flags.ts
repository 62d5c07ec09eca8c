/** Bits of a row's flags. A module of constants, so that a bundle has the numbers in their place. */

/** Behind the window in which a live device's clock is believed. */
export const late = 1;
/** Outside that window, or a clock that was never set. */
export const clockSuspect = 2;
/** The device states no time, or none that could be used: the row lies at arrival. */
export const tsFromIngest = 4;
/** The device's counter skipped numbers before this message, or counts in a way that can't be followed. */
export const seqGap = 8;
/** Measured earlier and sent later, as the device says, or read from a file. */
export const historical = 16;
/** The device sent NaN or an infinity. */
export const notANumber = 32;
/** The sensor was at the limit of its range. */
export const saturated = 64;
/** The codec that decoded the message warned of it. */
export const warned = 128;
/** The file's clock was put right by whoever brought it; `ts_raw` is what the device said. */
export const clockRepaired = 256;
