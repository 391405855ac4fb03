/**
 * The desktop of a VNC server on the device or behind it (TOOL-6). Invariants: neither end is believed. Each message is read whole or delimited before it is passed on, so that what the session may not do is
 * dropped here; nothing is queued, a slow end makes the other one wait; the password is in no log and no event.
 */
@NullMarked
package org.bascule.agent.vnc;

import org.jspecify.annotations.NullMarked;
