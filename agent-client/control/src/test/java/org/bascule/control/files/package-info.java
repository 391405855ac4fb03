/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.files;

import org.jspecify.annotations.NullMarked;
