/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.record;

import org.jspecify.annotations.NullMarked;
