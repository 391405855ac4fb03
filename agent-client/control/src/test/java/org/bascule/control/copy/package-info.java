/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.copy;

import org.jspecify.annotations.NullMarked;
