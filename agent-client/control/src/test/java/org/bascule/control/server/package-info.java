/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.server;

import org.jspecify.annotations.NullMarked;
