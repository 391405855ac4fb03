/**
 * {@code bascule cp}: what is copied where, several files at a time. What is called how on a device is bytes and hostile; a name that this machine cannot have, or that would lead elsewhere, is an error of that
 * file and no other.
 */
@NullMarked
package org.bascule.control.copy;

import org.jspecify.annotations.NullMarked;
