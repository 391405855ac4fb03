/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.terminal;

import org.jspecify.annotations.NullMarked;
