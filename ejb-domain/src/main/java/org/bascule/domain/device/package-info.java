/**
 * Devices that are there: their control channels, presence, reports (requirements DEV-4, DEV-5).
 *
 * <p>Invariants: one proven channel for each device; two that answer at the same time are clones and both are quarantined; a batch of events
 * is stored once, however often it is sent.
 */
@NullMarked
package org.bascule.domain.device;

import org.jspecify.annotations.NullMarked;
