/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.installation;

import org.jspecify.annotations.NullMarked;
