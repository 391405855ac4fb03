/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.signin;

import org.jspecify.annotations.NullMarked;
