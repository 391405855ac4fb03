/** Whether this server can do its work (MicroProfile Health). Nothing about the installation is told but which part is missing. */
@NullMarked
package org.bascule.web.health;

import org.jspecify.annotations.NullMarked;
