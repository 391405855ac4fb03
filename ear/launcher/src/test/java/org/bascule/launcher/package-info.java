/** Tests of the launcher. */
@NullMarked
package org.bascule.launcher;

import org.jspecify.annotations.NullMarked;
