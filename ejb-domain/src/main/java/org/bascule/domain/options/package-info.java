/**
 * What a domain decides about itself (requirements DOM-8, DOM-9): options and quotas.
 *
 * <p>Invariants: a domain without a row has the defaults; two sessions that are opened at the same time never exceed a quota together. What an
 * option means is for the package that it is about.
 */
@NullMarked
package org.bascule.domain.options;

import org.jspecify.annotations.NullMarked;
