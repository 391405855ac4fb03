/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.forward;

import org.jspecify.annotations.NullMarked;
