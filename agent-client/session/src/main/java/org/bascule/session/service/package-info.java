/**
 * What streams of the services carry ({@code docs/protocol/session.md}, "Streams"): arguments, events and frames, strictly read. How a terminal or a process runs
 * belongs to the agent.
 */
@NullMarked
package org.bascule.session.service;

import org.jspecify.annotations.NullMarked;
