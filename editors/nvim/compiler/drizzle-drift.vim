" Vim compiler file
" Compiler: drizzle-drift, which compares a Drizzle schema with its migrations
"
" :compiler drizzle-drift, then :make. g:drizzle_drift_program is what is run, in place of the command
" that npm installed.

if exists("current_compiler")
  finish
endif
let current_compiler = "drizzle-drift"

let s:cpo_save = &cpo
set cpo&vim

let s:program = get(g:, "drizzle_drift_program", "npx --no drizzle-drift")
execute "CompilerSet makeprg=" . escape(s:program . " check --format concise", ' \|"')

" file:line:column: level[rule]: message, and file: error: message for what could not be read at all
CompilerSet errorformat=
      \%f:%l:%c:\ %trror%m,
      \%f:%l:%c:\ %tarn%m,
      \%f:%l:%c:\ %tnfo%m,
      \%f:\ %trror:\ %m,
      \%-G%.%#

let &cpo = s:cpo_save
unlet s:cpo_save
