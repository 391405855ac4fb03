/**
 * The agent's folder: keys, registration, key set, counters. Mode 0700, files 0600, each file replaced as a whole ({@code temp}, fsync, rename),
 * so that a power cut leaves the old or the new file and never half of one. One process at a time holds the lock.
 */
@NullMarked
package org.bascule.agent.state;

import org.jspecify.annotations.NullMarked;
