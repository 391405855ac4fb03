/**
 * What machine this is: operating system, hardware, network. Collected by OSHI in a short-lived process of its own, so that its native library and its
 * memory do not stay with the agent and its faults do not end it.
 */
@NullMarked
package org.bascule.agent.inventory;

import org.jspecify.annotations.NullMarked;
