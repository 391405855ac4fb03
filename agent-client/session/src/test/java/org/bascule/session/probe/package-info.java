/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.probe;

import org.jspecify.annotations.NullMarked;
