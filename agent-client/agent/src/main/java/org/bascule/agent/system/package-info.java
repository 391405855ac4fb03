/**
 * The service {@code system}: processes and what the device is, as the kernel tells it in {@code /proc}; signals with the rights of the session's account; the restart of the device. Names and
 * command lines are hostile text. Nothing here knows of sessions.
 */
@NullMarked
package org.bascule.agent.system;

import org.jspecify.annotations.NullMarked;
