/** Tests of the launcher's state. */
@NullMarked
package org.bascule.launcher.state;

import org.jspecify.annotations.NullMarked;
