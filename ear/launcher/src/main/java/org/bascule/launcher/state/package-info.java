/**
 * What the launcher makes once and keeps: secrets, certificates, files that nobody else may read.
 *
 * <p>Invariants: a secret is generated, never a default; it lies in a file of its own with mode 0600 in a folder with mode 0700; a file is
 * replaced in one step, so that a reader sees the old or the new one.
 */
@NullMarked
package org.bascule.launcher.state;

import org.jspecify.annotations.NullMarked;
