/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.noise;

import org.jspecify.annotations.NullMarked;
