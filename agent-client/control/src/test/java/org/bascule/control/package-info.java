/** The command line against servers in the same process. */
@NullMarked
package org.bascule.control;

import org.jspecify.annotations.NullMarked;
