/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.stream;

import org.jspecify.annotations.NullMarked;
