/**
 * Linux file calls that Java does not offer: relative to an open folder, never through a link, with names as bytes, and with another account's rights on one thread. Nothing here knows
 * of sessions. 64-bit Linux only; elsewhere {@link org.bascule.agent.posix.Posix#isSupported} says so.
 */
@NullMarked
package org.bascule.agent.posix;

import org.jspecify.annotations.NullMarked;
