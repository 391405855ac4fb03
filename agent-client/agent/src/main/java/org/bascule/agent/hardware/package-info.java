/**
 * Which machine this is, read from what Linux shows of it. Invariants: numbers stay here, only hashes leave; nothing of it is stored, so that a copied folder does
 * not carry the machine that it came from.
 */
@NullMarked
package org.bascule.agent.hardware;

import org.jspecify.annotations.NullMarked;
