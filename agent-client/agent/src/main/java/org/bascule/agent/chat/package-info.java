/**
 * The chat of a session with the person at the device (TOOL-8). Invariants: messages have one order, which the agent gives them, and everybody is shown them in it; they are in
 * memory alone, and gone with the session; what is logged is that somebody wrote, how much and who, never what; nobody writes into a void without being told.
 */
@NullMarked
package org.bascule.agent.chat;

import org.jspecify.annotations.NullMarked;
