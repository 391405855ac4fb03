/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.network;

import org.jspecify.annotations.NullMarked;
