/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.remote;

import org.jspecify.annotations.NullMarked;
