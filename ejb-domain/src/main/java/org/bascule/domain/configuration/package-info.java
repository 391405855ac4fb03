/**
 * Settings of the installation (MicroProfile Config, prefix {@code bascule.}): names, defaults, meaning, and the clock.
 *
 * <p>Invariants: a wrong or missing setting stops the start with its name; secrets are given as files, never as values.
 */
@NullMarked
package org.bascule.domain.configuration;

import org.jspecify.annotations.NullMarked;
