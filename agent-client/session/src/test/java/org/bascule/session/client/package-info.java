/** Tests of the package of the same name. */
@NullMarked
package org.bascule.session.client;

import org.jspecify.annotations.NullMarked;
