/** Tests of the launcher's parts. */
@NullMarked
package org.bascule.launcher.part;

import org.jspecify.annotations.NullMarked;
