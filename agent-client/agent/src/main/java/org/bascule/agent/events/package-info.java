/**
 * Events that the access server has not acknowledged, on disk. Invariants: numbers grow by one and are never used twice; an event is on the disk
 * before anybody acts on it; nothing is removed before its acknowledgement, except the oldest when the bound is reached, and then the loss is
 * itself an event with its count. Survives {@code kill -9}: a torn last line is cut off.
 */
@NullMarked
package org.bascule.agent.events;

import org.jspecify.annotations.NullMarked;
