-- Neovim edits `src/schema.ts` of the current directory with the language server, as somebody would.

local PATIENCE = 60000

local function fail(message)
  io.stderr:write(message .. "\n")
  vim.cmd("cquit 1")
end

local function wait(what, is_so)
  if not vim.wait(PATIENCE, is_so, 20) then
    error("waited in vain for " .. what .. ": " .. vim.inspect(vim.diagnostic.get(nil)))
  end
end

--- What is found in the buffer, apart from what is worth knowing at most.
local function found()
  return vim.diagnostic.get(0, { severity = { min = vim.diagnostic.severity.WARN } })
end

local function expect(is_so, message)
  if not is_so then error(message .. "\n" .. vim.inspect(vim.diagnostic.get(nil))) end
end

local function edit(old, new)
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  for number, line in ipairs(lines) do
    local start, finish = line:find(old, 1, true)
    if start then
      vim.api.nvim_buf_set_text(0, number - 1, start - 1, number - 1, finish, { new })
      return
    end
  end
  error(old .. " is not there")
end

local function put_cursor_on(text)
  vim.fn.cursor(1, 1)
  expect(vim.fn.search("\\V" .. text) > 0, text .. " is not there")
end

local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, PATIENCE)
  for _, answer in pairs(answers or {}) do
    expect(answer.result, method .. ": " .. vim.inspect(answer))
    return answer.result
  end
  error(method .. " was not answered")
end

local function play()
  vim.cmd("edit src/schema.ts")
  vim.bo.filetype = "typescript"
  local id = vim.lsp.start_client({
    name = "drizzle-drift",
    cmd = { vim.env.DRIZZLE_DRIFT, "lsp" },
    root_dir = vim.fn.getcwd(),
  })
  expect(id, "the server does not start")
  vim.lsp.buf_attach_client(0, id)
  wait("a finding", function() return #found() == 1 end)
  local drift = found()[1]
  expect(drift.code == "on-delete-mismatch" and drift.source == "drizzle-drift", "another finding")
  expect(drift.severity == vim.diagnostic.severity.ERROR, "another severity")
  local line = vim.api.nvim_buf_get_lines(0, drift.lnum, drift.lnum + 1, false)[1]
  expect(line:sub(drift.col + 1, drift.end_col) == 'onDelete: "cascade"', "another place")

  -- The process, for whoever looks whether it ends.
  local children = vim.api.nvim_get_proc_children(vim.fn.getpid())
  expect(#children == 1, "another number of processes: " .. vim.inspect(children))
  vim.fn.writefile({ tostring(children[1]) }, "server.pid")

  -- What is typed counts at once, and moves what is found.
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { "// é𝄞" })
  wait("the finding a line further down", function() return #found() == 1 and found()[1].lnum == drift.lnum + 1 end)
  edit('"cascade"', '"no action"')
  wait("agreement", function() return #found() == 0 end)
  edit('"no action"', '"cascade"')
  wait("the finding again", function() return #found() == 1 end)

  put_cursor_on(".references(")
  vim.cmd("normal! 3l")
  local hover = ask("textDocument/hover", vim.lsp.util.make_position_params())
  expect(hover.contents.value:find("cascade", 1, true), vim.inspect(hover))

  -- Neovim does what the edit says.
  local range = vim.lsp.util.make_given_range_params({ found()[1].lnum + 1, 0 }, { found()[1].lnum + 1, 999 })
  range.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(0, found()[1].lnum) }
  local mend
  for _, action in ipairs(ask("textDocument/codeAction", range)) do
    if action.title:lower():find("change the schema", 1, true) then mend = action end
  end
  expect(mend, "nothing mends it")
  vim.lsp.util.apply_workspace_edit(mend.edit, vim.lsp.get_client_by_id(id).offset_encoding)
  wait("agreement after the code action", function() return #found() == 0 end)
  vim.cmd("silent write")

  put_cursor_on(".references(")
  vim.cmd("normal! 3l")
  vim.lsp.buf.definition()
  wait("the jump to the migration", function() return vim.fn.expand("%:t") == "0000_init.sql" end)
  expect(vim.api.nvim_get_current_line():find("FOREIGN KEY", 1, true), "another line")
end

local is_well, message = pcall(play)
if not is_well then
  fail(tostring(message))
else
  vim.cmd("qall!")
end
