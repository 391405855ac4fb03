/**
 * Measures the domain at the size it is made for. Run as {@code docs/benchmarks/README.md} says.
 *
 * <p>Invariants: data comes from a seed; nothing here is on the class path of tests or of the product.
 */
@NullMarked
package org.bascule.domain.bench;

import org.jspecify.annotations.NullMarked;
