/** Tests of the package of the same name. */
@NullMarked
package org.bascule.control.command;

import org.jspecify.annotations.NullMarked;
